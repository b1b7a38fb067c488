import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDeadLetterQueues } from '../../adapters/aws/dead-letter-queues.ts';
import { createDeadLetterSink } from '../../adapters/aws/dead-letter-sink.ts';
import type { DeadLetterSink } from '../../core/publishing/ports.ts';
import type { DeadLetterQueues } from '../../core/redelivery/ports.ts';
import { localAws } from '../../local/aws/account.ts';
import { startSqs } from '../../local/aws/sqs.ts';
import { createMemoryDeadLetters } from '../memory/dead-letters.ts';

interface Subject {
  readonly queues: DeadLetterQueues;
  readonly sink: DeadLetterSink;
  /** Moves the clock forward. */
  pass(seconds: number): void;
  close(): Promise<void>;
}

let time = Date.parse('2026-11-23T12:00:00.000Z');

async function inMemory(): Promise<Subject> {
  const letters = createMemoryDeadLetters(['dispatcher', 'other'], () => new Date(time));
  return { queues: letters, sink: letters, pass, close: async () => undefined };
}

async function inSqs(): Promise<Subject> {
  const server = await startSqs(['a', 'b'], () => time);
  const client = new SQSClient({ ...localAws, endpoint: server.url, useQueueUrlAsEndpoint: false });
  return {
    queues: createDeadLetterQueues(client, { dispatcher: server.urlOf('a'), other: server.urlOf('b') }),
    sink: createDeadLetterSink(client, server.urlOf('a')),
    pass,
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

function pass(seconds: number): void {
  time += seconds * 1_000;
}

const event = (number: number) => ({
  key: { subscription: 'sub_A', sortKey: `2026-11-23T12:00:00.000Z#${number}` },
  eventId: `${number}`,
  cause: 'MalformedDetail',
});

describe.each([
  ['memory', inMemory],
  ['SQS', inSqs],
] as const)('dead-letter queues in %s', (_, start) => {
  let subject: Subject;
  beforeEach(async () => {
    subject = await start();
  });
  afterEach(() => subject.close());

  it('receive() returns a message that add() stored', async () => {
    const sentAt = new Date(time);
    await subject.sink.add(event(1));
    const { key, eventId, cause } = event(1);
    expect(await subject.queues.receive('dispatcher', 30)).toEqual([
      {
        id: expect.stringMatching(/./),
        queue: 'dispatcher',
        receipt: expect.stringMatching(/./),
        cause,
        sentAt,
        content: { kind: 'event', key, eventId },
      },
    ]);
    expect(await subject.queues.receive('other', 30)).toEqual([]);
  });

  it('receive() returns at most ten messages, and hides them from other callers for a time', async () => {
    for (let number = 0; number < 12; number += 1) await subject.sink.add(event(number));
    expect(await subject.queues.receive('dispatcher', 30)).toHaveLength(10);
    expect(await subject.queues.receive('dispatcher', 30)).toHaveLength(2);
    expect(await subject.queues.receive('dispatcher', 30)).toEqual([]);
    expect(await subject.queues.count('dispatcher')).toBe(12);
    subject.pass(31);
    expect(await subject.queues.receive('dispatcher', 30)).toHaveLength(10);
  });

  it('giveBack() makes a message visible again at once, and remove() deletes it', async () => {
    await subject.sink.add(event(1));
    const [letter] = await subject.queues.receive('dispatcher', 30);
    if (!letter) throw new Error('no letter');
    await subject.queues.giveBack(letter);
    const [again] = await subject.queues.receive('dispatcher', 30);
    if (!again) throw new Error('no letter');
    await subject.queues.remove(again);
    subject.pass(60);
    expect(await subject.queues.receive('dispatcher', 30)).toEqual([]);
    expect(await subject.queues.count('dispatcher')).toBe(0);
  });

  it('a message keeps its id, and the receipt of an earlier delivery does not remove another message', async () => {
    await subject.sink.add(event(1));
    const [first] = await subject.queues.receive('dispatcher', 30);
    subject.pass(31);
    await subject.sink.add(event(2));
    const [again, other] = await subject.queues.receive('dispatcher', 30);
    if (!first || !again || !other) throw new Error('no letter');
    expect(again.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
    await subject.queues.remove(again);
    await subject.queues.remove(first).catch(() => undefined);
    expect(await subject.queues.count('dispatcher')).toBe(1);
  });
});
