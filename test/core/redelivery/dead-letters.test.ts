import { beforeEach, describe, expect, it } from 'vitest';
import type { BusDetail } from '../../../contract/events/bus-event.ts';
import { StorageUnavailable } from '../../../core/errors.ts';
import { keyOf } from '../../../core/event.ts';
import { toBusEntry } from '../../../core/publishing/bus-entry.ts';
import { listDeadLetters } from '../../../core/redelivery/list-dead-letters.ts';
import { redriveDeadLetters } from '../../../core/redelivery/redrive-dead-letters.ts';
import { idsOf, malformed, throttled } from '../../memory/event-bus.ts';
import { loggedEvent, loggedEvents } from '../events.ts';
import { createEventStage, type EventStage } from './event-stage.ts';

const range = {
  streamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/T/stream/1',
  shardId: 'shardId-1',
  startSequenceNumber: '5',
  endSequenceNumber: '9',
};
const events = loggedEvents(20);

let stage: EventStage;
beforeEach(async () => {
  stage = createEventStage();
  await stage.store(events);
});

const list = (filter = {}) => listDeadLetters({ limit: 100, ...filter }, stage.services());
const redrive = (filter = {}) => redriveDeadLetters({ limit: 100, ...filter }, stage.services());

function putUndeliverable(number: number, cause = 'MalformedDetail'): void {
  const { eventId, ...event } = events[number] ?? loggedEvent(number);
  const key = keyOf({ ...event, eventId });
  stage.deadLetters.put({ queue: 'dispatcher', cause, content: { kind: 'event', key, eventId } });
}

function putBatch(): void {
  const content = { kind: 'stream', range, records: 3 } as const;
  stage.deadLetters.put({ queue: 'dispatcher', cause: 'RetryAttemptsExhausted', content });
}

function putForConsumer(number: number, cause = 'AccessDenied'): void {
  const entry = toBusEntry(events[number] ?? loggedEvent(number));
  stage.deadLetters.put({ queue: 'billing', cause, content: { kind: 'bus', entry } });
}

const details = () => stage.bus.entries.map(({ detail }) => JSON.parse(detail) as BusDetail);

describe('listDeadLetters()', () => {
  it('groups messages by queue and cause, and leaves all messages in their queues', async () => {
    for (let number = 0; number < 12; number += 1) putUndeliverable(number);
    stage.time += 60_000;
    putUndeliverable(12);
    putUndeliverable(13, 'UnreadableRow');
    putForConsumer(1);
    const listed = await list();
    expect(listed).toEqual({
      data: [
        {
          queue: 'dispatcher',
          cause: 'MalformedDetail',
          count: 13,
          oldest: '2026-11-23T13:00:00.000Z',
          newest: '2026-11-23T13:01:00.000Z',
          eventIds: events.slice(0, 10).map(({ eventId }) => eventId),
        },
        expect.objectContaining({ queue: 'dispatcher', cause: 'UnreadableRow', count: 1 }),
        expect.objectContaining({ queue: 'billing', cause: 'AccessDenied', eventIds: [events[1]?.eventId] }),
      ],
      queues: { dispatcher: 14, billing: 1 },
    });
    expect(await list()).toEqual(listed);
  });

  it('returns only messages that match a queue, a cause and a limit', async () => {
    putUndeliverable(1);
    putUndeliverable(2, 'UnreadableRow');
    putForConsumer(3);
    expect((await list({ queue: 'billing' })).data).toMatchObject([{ queue: 'billing' }]);
    expect((await list({ cause: 'UnreadableRow' })).data).toMatchObject([{ cause: 'UnreadableRow' }]);
    for (let number = 0; number < 40; number += 1) putForConsumer(number % 20);
    const counts = (await list({ queue: 'billing', limit: 20 })).data.map(({ count }) => count);
    expect(counts).toEqual([20]);
  });

  it('refuses an unknown queue and names the known queues', async () => {
    await expect(list({ queue: 'nobody' })).rejects.toMatchObject({
      name: 'UnknownQueue',
      message: expect.stringContaining('dispatcher, billing'),
    });
  });
});

describe('redriveDeadLetters()', () => {
  it('sends an undeliverable event again, under its id', async () => {
    putUndeliverable(4);
    expect(await redrive()).toEqual({ data: { messages: 1, events: 1, left: [] } });
    expect(idsOf(stage.bus.entries)).toEqual([events[4]?.eventId]);
    expect(details()[0]).not.toHaveProperty('consumer');
    expect(stage.deadLetters.stored).toEqual([]);
  });

  it('sends an event that a consumer failed on to that consumer only', async () => {
    putForConsumer(6);
    await redrive();
    expect(details()).toMatchObject([{ id: events[6]?.eventId, consumer: 'billing' }]);
  });

  it('reads the records that Lambda gave up on from the stream, and sends them', async () => {
    putBatch();
    stage.readStream = async (wanted) => {
      expect(wanted).toEqual(range);
      return events.slice(5, 8);
    };
    expect(await redrive()).toMatchObject({ data: { messages: 1, events: 3 } });
    expect(idsOf(stage.bus.entries)).toEqual(events.slice(5, 8).map(({ eventId }) => eventId));
  });

  it('redrives only messages with the given cause, and leaves the others', async () => {
    putUndeliverable(1);
    putUndeliverable(2, 'InvalidArgument');
    expect(await redrive({ cause: 'InvalidArgument' })).toMatchObject({ data: { messages: 1 } });
    expect(stage.deadLetters.stored).toMatchObject([{ cause: 'MalformedDetail', hiddenUntil: 0 }]);
  });

  it('leaves a message that the bus refuses again, and says why', async () => {
    putUndeliverable(1);
    putUndeliverable(2);
    stage.bus.fault = ({ eventId }) => (eventId === events[1]?.eventId ? malformed : undefined);
    const why = 'the bus refuses it again: MalformedDetail';
    expect(await redrive()).toEqual({
      data: { messages: 1, events: 1, left: [{ queue: 'dispatcher', why, count: 1 }] },
    });
    expect(stage.deadLetters.stored).toHaveLength(1);
  });

  it('leaves a message if the bus is throttled', async () => {
    putUndeliverable(1);
    stage.bus.fault = () => throttled;
    expect((await redrive()).data.left).toMatchObject([{ why: expect.stringContaining('call again') }]);
    expect(stage.deadLetters.stored).toMatchObject([{ hiddenUntil: 0 }]);
  });

  it.each([
    ['expired', () => putUndeliverable(99), 'the event has expired in the event log'],
    [
      'of no known kind',
      () => stage.deadLetters.put({ queue: 'billing', cause: 'x', content: { kind: 'unreadable' } }),
      'the message has an unknown format',
    ],
    [
      'gone from the stream',
      () => {
        putBatch();
        stage.readStream = async () => 'expired';
      },
      'The stream keeps its records for 24 hours, and these records have expired. The events are still in the event log: send them with replayEvents.',
    ],
    [
      'unreadable',
      () => {
        putBatch();
        stage.readStream = async () => {
          throw new Error('Cannot read a row');
        };
      },
      'the row in the event log cannot be parsed',
    ],
  ])('leaves a message that is %s, and says why', async (_, put, why) => {
    put();
    expect((await redrive()).data).toMatchObject({ messages: 0, left: [{ why, count: 1 }] });
    expect(stage.deadLetters.stored).toHaveLength(1);
  });

  it('makes received messages visible again if a store fails', async () => {
    putUndeliverable(1, 'other');
    putBatch();
    stage.readStream = async () => {
      throw new StorageUnavailable('Could not read the stream');
    };
    await expect(redrive({ cause: 'RetryAttemptsExhausted' })).rejects.toMatchObject({
      name: 'StorageUnavailable',
    });
    expect(stage.deadLetters.stored[0]).toMatchObject({ hiddenUntil: 0 });
  });
});
