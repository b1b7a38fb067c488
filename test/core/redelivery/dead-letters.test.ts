import { beforeEach, describe, expect, it } from 'vitest';
import type { BusDetail } from '../../../contract/events/bus-event.ts';
import { keyOf } from '../../../core/event.ts';
import { toBusEntry } from '../../../core/publishing/bus-entry.ts';
import { listDeadLetters } from '../../../core/redelivery/list-dead-letters.ts';
import { redriveDeadLetters } from '../../../core/redelivery/redrive-dead-letters.ts';
import { unreadableKeyOf } from '../../../core/unreadable-event.ts';
import { idsOf, malformed, throttled } from '../../memory/event-bus.ts';
import { loggedEvent, loggedEvents, unreadableEvent } from '../events.ts';
import { createEventStage, type EventStage } from './event-stage.ts';

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
      isComplete: true,
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

  it('counts only messages with the given cause towards the limit, and says whether it listed all', async () => {
    for (let number = 0; number < 15; number += 1) putUndeliverable(number, 'Other');
    for (let number = 0; number < 3; number += 1) putUndeliverable(number, 'Wanted');
    const wanted = { queue: 'dispatcher', cause: 'Wanted' };
    expect(await list({ ...wanted, limit: 3 })).toMatchObject({ data: [{ count: 3 }], isComplete: true });
    expect(await list({ ...wanted, limit: 2 })).toMatchObject({ data: [{ count: 2 }], isComplete: false });
  });

  it('hides a message until the invocation ends, and counts it once if the queue delivers it again', async () => {
    for (let number = 0; number < 25; number += 1) putUndeliverable(number % 20);
    const { receive } = stage.deadLetters;
    stage.deadLetters.receive = async (queue, hiddenSeconds) => {
      const letters = await receive(queue, hiddenSeconds);
      stage.time += 10_000;
      // The queue is at-least-once: it shows a message although the message is hidden.
      const first = stage.deadLetters.stored[0];
      if (first && stage.time % 20_000 === 0) first.hiddenUntil = 0;
      return letters;
    };
    expect(await list()).toMatchObject({ data: [{ count: 25 }] });
    expect(stage.deadLetters.stored.map(({ hiddenUntil }) => hiddenUntil)).toEqual(Array(25).fill(0));
  });

  it('shows the other messages again if one cannot be shown again', async () => {
    for (let number = 0; number < 3; number += 1) putUndeliverable(number);
    const [first] = stage.deadLetters.stored;
    stage.deadLetters.fault = (call, _, letter) => call === 'giveBack' && letter?.id === first?.id;
    expect(await list()).toMatchObject({ data: [{ count: 3 }] });
    expect(stage.deadLetters.stored.slice(1)).toMatchObject([{ hiddenUntil: 0 }, { hiddenUntil: 0 }]);
  });

  it('throws StorageUnavailable if one of the queues cannot be read', async () => {
    putUndeliverable(1);
    stage.deadLetters.fault = (call, queue) => call === 'receive' && queue === 'billing';
    await expect(list()).rejects.toMatchObject({ name: 'StorageUnavailable' });
    expect(stage.deadLetters.stored).toMatchObject([{ hiddenUntil: 0 }]);
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
    expect(await redrive()).toEqual({ data: { messages: 1, events: 1, left: [], isComplete: true } });
    expect(idsOf(stage.bus.entries)).toEqual([events[4]?.eventId]);
    expect(details()[0]).not.toHaveProperty('consumer');
    expect(stage.deadLetters.stored).toEqual([]);
  });

  it('sends an event that a consumer failed on to that consumer only', async () => {
    putForConsumer(6);
    await redrive();
    expect(details()).toMatchObject([{ id: events[6]?.eventId, consumer: 'billing' }]);
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
      data: { messages: 1, events: 1, left: [{ queue: 'dispatcher', why, count: 1 }], isComplete: true },
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
      'of a consumer and in the queue of the dispatcher',
      () => {
        const entry = toBusEntry(loggedEvent(1));
        stage.deadLetters.put({ queue: 'dispatcher', cause: 'x', content: { kind: 'bus', entry } });
      },
      'the message names no consumer: move it to the queue of its consumer',
    ],
    [
      'about an unreadable event',
      () => {
        const { eventId, ...bad } = unreadableEvent(1);
        const key = unreadableKeyOf({ ...bad, eventId });
        const content = { kind: 'event', key, eventId } as const;
        stage.deadLetters.put({ queue: 'dispatcher', cause: 'TooDeep', content });
      },
      'Asana sent an event that cannot be delivered: TooDeep. The row in the event log contains its body, if the body fits',
    ],
  ])('leaves a message that is %s, and says why', async (_, put, why) => {
    put();
    expect((await redrive()).data).toMatchObject({ messages: 0, left: [{ why, count: 1 }] });
    expect(stage.deadLetters.stored).toHaveLength(1);
  });

  it('leaves a message whose row cannot be parsed, and says why', async () => {
    putUndeliverable(1);
    putUndeliverable(2);
    const services = stage.services();
    const get: typeof services.events.get = async (key) => {
      if (key.sortKey === keyOf(events[1] ?? loggedEvent(1)).sortKey) throw new Error('Cannot read a row');
      return services.events.get(key);
    };
    const { data } = await redriveDeadLetters(
      { limit: 100 },
      { ...services, events: { ...services.events, get } },
    );
    const why = 'the row in the event log cannot be parsed';
    expect(data).toMatchObject({ messages: 1, left: [{ why, count: 1 }] });
  });
});
