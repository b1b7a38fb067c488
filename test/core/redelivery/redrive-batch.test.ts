import { beforeEach, describe, expect, it } from 'vitest';
import { StorageUnavailable } from '../../../core/errors.ts';
import { keyOf, type LoggedEvent } from '../../../core/event.ts';
import type { StreamedRow } from '../../../core/publishing/ports.ts';
import { redriveDeadLetters } from '../../../core/redelivery/redrive-dead-letters.ts';
import { idsOf, malformed, throttled } from '../../memory/event-bus.ts';
import { loggedEvents } from '../events.ts';
import { createEventStage, type EventStage } from './event-stage.ts';

const range = {
  streamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/T/stream/1',
  shardId: 'shardId-1',
  startSequenceNumber: '5',
  endSequenceNumber: '9',
};
const cause = 'RetryAttemptsExhausted';
const events = loggedEvents(3);
const [first, second, third] = events as [LoggedEvent, LoggedEvent, LoggedEvent];
const ids = events.map(({ eventId }) => eventId);

const rowOf = (event: LoggedEvent): StreamedRow => ({ key: keyOf(event), eventId: event.eventId, event });
const unreadable = (event: LoggedEvent): StreamedRow => ({ ...rowOf(event), event: undefined });

let stage: EventStage;
beforeEach(async () => {
  stage = createEventStage();
  await stage.store(events);
  const content = { kind: 'stream', range, records: 3 } as const;
  stage.deadLetters.put({ queue: 'dispatcher', cause, content });
  give(events.map(rowOf));
});

function give(rows: readonly StreamedRow[], records = rows.length): void {
  stage.readStream = async () => ({ kind: 'read', rows, records });
}

const redrive = async (filter = {}) =>
  (await redriveDeadLetters({ limit: 100, ...filter }, stage.services())).data;
const kinds = () => stage.deadLetters.stored.map(({ content }) => content.kind);
const fail = (event: LoggedEvent, fault: typeof throttled) => {
  stage.bus.fault = ({ eventId }) => (eventId === event.eventId ? fault : undefined);
};
const ownLetter = ({ eventId, ...event }: LoggedEvent, itsCause: string) => ({
  queue: 'dispatcher',
  cause: itsCause,
  content: { kind: 'event', eventId, key: keyOf({ ...event, eventId }) },
  hiddenUntil: 0,
});

describe('redriveDeadLetters() with a batch of the stream', () => {
  it('sends the events of the range, and removes the message', async () => {
    stage.readStream = async (wanted, time) => {
      expect(wanted).toEqual(range);
      expect(time.leftMs()).toBeGreaterThan(40_000);
      return { kind: 'read', rows: events.map(rowOf), records: 3 };
    };
    expect(await redrive()).toEqual({ messages: 1, events: 3, left: [], isComplete: true });
    expect(idsOf(stage.bus.entries)).toEqual(ids);
    expect(kinds()).toEqual([]);
  });

  it('accepts other records between the new rows', async () => {
    give(events.map(rowOf), 8);
    expect(await redrive()).toMatchObject({ messages: 1, events: 3, left: [] });
  });

  it.each([
    ['is unfinished', () => (stage.readStream = async () => ({ kind: 'unfinished' })), 'call again'],
    [
      'has expired',
      () => (stage.readStream = async () => ({ kind: 'expired' })),
      'send them with replayEvents',
    ],
    ['has no records', () => give([]), 'send them with replayEvents'],
    ['has too few records', () => give([rowOf(first), rowOf(second)]), 'send them with replayEvents'],
    ['has no new row', () => give([], 3), 'send them with replayEvents'],
  ])('sends nothing and keeps the message if the range %s', async (_, prepare, advice) => {
    prepare();
    expect(await redrive()).toMatchObject({
      messages: 0,
      events: 0,
      left: [{ queue: 'dispatcher', why: expect.stringContaining(advice), count: 1 }],
    });
    expect(stage.bus.entries).toEqual([]);
    expect(kinds()).toEqual(['stream']);
  });

  it('keeps a message without a number of records if the stream returns no record', async () => {
    stage.deadLetters.stored.length = 0;
    const content = { kind: 'stream', range, records: 0 } as const;
    stage.deadLetters.put({ queue: 'dispatcher', cause, content });
    give([]);
    expect(await redrive()).toMatchObject({ messages: 0, left: [{ count: 1 }] });
  });

  it('gives a row that cannot be parsed its own message, and sends the other events', async () => {
    give([rowOf(first), unreadable(second), rowOf(third)]);
    expect(await redrive()).toEqual({
      messages: 1,
      events: 2,
      left: [{ queue: 'dispatcher', why: 'the row in the event log cannot be parsed', count: 1 }],
      isComplete: true,
    });
    expect(idsOf(stage.bus.entries)).toEqual([first.eventId, third.eventId]);
    expect(stage.deadLetters.stored).toMatchObject([ownLetter(second, 'UnreadableRow')]);
  });

  it('gives an event that the bus refuses its own message, and sends the others only once', async () => {
    fail(second, malformed);
    expect(await redrive()).toEqual({
      messages: 1,
      events: 2,
      left: [{ queue: 'dispatcher', why: 'the bus refuses it again: MalformedDetail', count: 1 }],
      isComplete: true,
    });
    expect(stage.deadLetters.stored).toMatchObject([ownLetter(second, 'MalformedDetail')]);
    expect(await redrive()).toMatchObject({ messages: 0, events: 0, left: [{ count: 1 }] });
    expect(idsOf(stage.bus.entries)).toEqual([first.eventId, third.eventId]);
  });

  it('gives an event that the bus does not accept now its own message, which the same call finds', async () => {
    fail(second, throttled);
    const why = 'the bus does not accept it now (ThrottlingException): call again';
    expect(await redrive({ cause })).toMatchObject({
      messages: 1,
      events: 2,
      left: [{ queue: 'dispatcher', why, count: 1 }],
    });
    expect(stage.deadLetters.stored).toMatchObject([ownLetter(second, cause)]);
    stage.bus.fault = () => undefined;
    expect(await redrive({ cause })).toMatchObject({ messages: 1, events: 1, left: [] });
    expect(idsOf(stage.bus.entries)).toEqual([first.eventId, third.eventId, second.eventId]);
  });

  it('keeps the message if the bus accepts no event now', async () => {
    give([rowOf(first), unreadable(second), rowOf(third)]);
    stage.bus.fault = () => throttled;
    expect(await redrive()).toMatchObject({ messages: 0, events: 0, left: [{ count: 1 }] });
    expect(kinds()).toEqual(['stream']);
  });

  it('keeps the message and says so if an own message cannot be added', async () => {
    fail(second, malformed);
    stage.deadLetters.isDown = true;
    expect(await redrive()).toMatchObject({
      messages: 0,
      events: 2,
      left: [{ queue: 'dispatcher', why: expect.stringContaining('sends all of them again'), count: 1 }],
    });
    expect(stage.deadLetters.stored).toMatchObject([{ content: { kind: 'stream' }, hiddenUntil: 0 }]);
  });

  it('keeps the message if the stream fails, and continues with the other messages', async () => {
    stage.readStream = async () => {
      throw new StorageUnavailable('Could not read the stream');
    };
    const { eventId } = third;
    const content = { kind: 'event', key: keyOf(third), eventId } as const;
    stage.deadLetters.put({ queue: 'dispatcher', cause, content });
    expect(await redrive()).toMatchObject({
      messages: 1,
      events: 1,
      left: [{ why: expect.stringContaining('Could not read the stream') }],
    });
    expect(stage.deadLetters.stored).toMatchObject([{ content: { kind: 'stream' }, hiddenUntil: 0 }]);
  });
});
