import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventLog } from '../../adapters/aws/event-log.ts';
import type { LoggedEvent } from '../../core/event.ts';
import type { RequestEntry } from '../../local/aws/event-bus.ts';
import { tables } from '../../local/aws/tables.ts';
import { loggedEvents } from '../core/events.ts';
import { soon } from '../core/time.ts';
import { type ClockedStage, setClockedStage } from './stage.ts';

const queue = 'dispatcher-dead-letters';
const [first, refused, last] = loggedEvents(3) as [LoggedEvent, LoggedEvent, LoggedEvent];
const idIn = ({ Detail }: RequestEntry) => String(JSON.parse(Detail ?? '{}').id);

let stage: ClockedStage;
let observed: string[];

beforeEach(async () => {
  // The consumer's `once()` takes a lost answer for another invocation that works on the event, and Lambda calls it
  // again after minutes. These tests count the calls.
  stage = await setClockedStage({}, { hostile: { loseAnswer: 0 } });
  observed = [];
  stage.local.eventBus.addRule({
    name: 'observer',
    pattern: { detail: { id: [{ exists: true }] } },
    deliver: async ({ detail }) => void observed.push(String(detail.id)),
  });
});
afterEach(() => stage.close());

async function store(event: LoggedEvent): Promise<void> {
  const log = createEventLog(stage.dynamodb, {
    tableName: tables.eventLog.TableName,
    retentionMs: 30 * 24 * 3_600_000,
    now: stage.clock.now,
    sleep: stage.clock.sleep,
  });
  await log.append([event], soon());
}

async function redrive() {
  const result = await stage.manage<{ readonly data: object }>({ operation: 'redriveDeadLetters' });
  await stage.settle();
  return result.data;
}

/** Stores three events and a row that cannot be parsed, while the dispatcher does not run. */
async function giveUpRecords(): Promise<void> {
  vi.spyOn(stage.local.functions.dispatcher, 'invoke').mockResolvedValue(undefined);
  await store(first);
  const Item = { subscription: { S: first.subscription }, sortKey: { S: 'a#row' }, event: { S: 'not JSON' } };
  await stage.dynamodb.send(new PutItemCommand({ TableName: tables.eventLog.TableName, Item }));
  await store(refused);
  await store(last);
  await stage.settle();
  vi.restoreAllMocks();
}

/** The message of Lambda about all records that were given up, as one batch. */
function oneBatch(): string {
  const infos = stage.local.sqs.peek(queue).map((body) => JSON.parse(body).DDBStreamBatchInfo);
  const ends = infos.flatMap((info) => [info.startSequenceNumber, info.endSequenceNumber]).sort();
  const range = { startSequenceNumber: ends[0], endSequenceNumber: ends.at(-1) };
  return JSON.stringify({ DDBStreamBatchInfo: { ...infos[0], ...range, batchSize: 4 } });
}

describe('a batch that Lambda gave up on', () => {
  it('is sent without the events that cannot be sent, and these become dead letters of their own', async () => {
    await giveUpRecords();
    const batch = oneBatch();
    expect(await redrive()).toMatchObject({ messages: 4, events: 3 });
    expect(observed).toHaveLength(3);
    expect(stage.local.sqs.peek(queue).map((body) => JSON.parse(body))).toEqual([
      { undeliverable: expect.objectContaining({ sortKey: 'a#row', cause: 'UnreadableRow' }) },
    ]);

    observed = [];
    stage.local.sqs.send(queue, batch);
    stage.local.eventBus.setFault((entry) =>
      idIn(entry) === refused.eventId ? 'MalformedDetail' : undefined,
    );
    expect(await redrive()).toMatchObject({ messages: 1, events: 2, isComplete: true });
    expect(observed).toEqual([first.eventId, last.eventId]);
    const causes = stage.local.sqs.peek(queue).map((body) => JSON.parse(body).undeliverable?.cause);
    expect(causes.sort()).toEqual(['MalformedDetail', 'UnreadableRow', 'UnreadableRow']);

    stage.local.eventBus.setFault(undefined);
    expect(await redrive()).toMatchObject({ messages: 1, events: 1 });
    expect(observed).toEqual([first.eventId, last.eventId, refused.eventId]);
    expect(stage.logs.join()).not.toContain('not JSON');
  });

  it('stays in the queue if the stream does not return its records', async () => {
    await giveUpRecords();
    const { DDBStreamBatchInfo: info } = JSON.parse(oneBatch());
    await redrive();
    observed = [];
    const trimmed = { ...info, startSequenceNumber: '999999999999999999999' };
    for (const DDBStreamBatchInfo of [trimmed, { ...info, batchSize: 5 }]) {
      stage.local.sqs.send(queue, JSON.stringify({ DDBStreamBatchInfo }));
      expect(await redrive()).toMatchObject({
        messages: 0,
        events: 0,
        left: expect.arrayContaining([
          expect.objectContaining({ why: expect.stringContaining('send them with replayEvents') }),
        ]),
      });
    }
    expect(observed).toEqual([]);
    expect(stage.local.sqs.peek(queue).filter((body) => body.includes('DDBStreamBatchInfo'))).toHaveLength(2);
  });
});
