import { beforeEach, describe, expect, it } from 'vitest';
import { keyOf, type LoggedEvent } from '../../../core/event.ts';
import { dispatch, type StreamRecord } from '../../../core/publishing/dispatch.ts';
import { timeUntil } from '../../../core/time-budget.ts';
import { createMemoryDeadLetters, type MemoryDeadLetters } from '../../memory/dead-letters.ts';
import {
  createMemoryEventBus,
  idsOf,
  type MemoryEventBus,
  malformed,
  throttled,
} from '../../memory/event-bus.ts';
import { loggedEvents, noon } from '../events.ts';

let bus: MemoryEventBus;
let deadLetters: MemoryDeadLetters;
beforeEach(() => {
  bus = createMemoryEventBus();
  deadLetters = createMemoryDeadLetters(['dispatcher']);
});

function toRecord(event: LoggedEvent, index: number): StreamRecord {
  const { eventId } = event;
  return { sequenceNumber: `${100 + index}`, key: keyOf(event), eventId, storedAt: noon, event };
}

function run(records: readonly StreamRecord[]) {
  return dispatch(records, {
    bus,
    deadLetters,
    sleep: async () => undefined,
    random: () => 0.5,
    // There is time to send every request, but no time to retry.
    time: timeUntil(new Date(noon.getTime() + 1), () => noon),
  });
}

const records = (count: number) => loggedEvents(count).map(toRecord);
const failing = (...failed: readonly (StreamRecord | undefined)[]) => {
  const ids = failed.map((record) => record?.eventId);
  return (fault: typeof throttled) => {
    bus.fault = ({ eventId }) => (ids.includes(eventId) ? fault : undefined);
  };
};

describe('dispatch()', () => {
  it('puts every event on the bus, in order', async () => {
    const wanted = records(30);
    expect(await run(wanted)).toEqual({ published: wanted, deadLettered: [], resumeAt: undefined });
    expect(idsOf(bus.entries)).toEqual(wanted.map(({ eventId }) => eventId));
  });

  it('makes the stream resume at the first event that is not on the bus', async () => {
    const wanted = records(30);
    failing(wanted[14], wanted[11])(throttled);
    const { resumeAt, published } = await run(wanted);
    expect(resumeAt).toBe(wanted[11]);
    // No event of a later request was sent, so each of these events is sent once.
    expect(bus.requests).toHaveLength(2);
    expect(published).toHaveLength(18);
  });

  it('stores a dead letter for an event that the bus never accepts, and continues', async () => {
    const wanted = records(30);
    failing(wanted[5])(malformed);
    const { resumeAt, deadLettered, published } = await run(wanted);
    expect(resumeAt).toBeUndefined();
    expect(published).toHaveLength(29);
    const { eventId = '', key } = wanted[5] ?? {};
    expect(deadLettered).toEqual([{ eventId, key, cause: 'MalformedDetail' }]);
    expect(deadLetters.stored).toMatchObject([
      { cause: 'MalformedDetail', content: { kind: 'event', eventId, key } },
    ]);
  });

  it('stores a dead letter for a row that cannot be parsed', async () => {
    const wanted = records(3).map((record, index) =>
      index === 1 ? { ...record, event: undefined } : record,
    );
    const { deadLettered, resumeAt } = await run(wanted);
    expect(deadLettered).toMatchObject([{ cause: 'UnreadableRow', key: wanted[1]?.key }]);
    expect(resumeAt).toBeUndefined();
    expect(bus.entries).toHaveLength(2);
  });

  it('stores one dead letter for an unreadable event, with its reason as cause', async () => {
    const [first, second] = records(2) as [StreamRecord, StreamRecord];
    const bad: StreamRecord = { ...first, event: undefined, unreadable: 'TooDeep' };
    const { deadLettered, published, resumeAt } = await run([bad, second]);
    expect(deadLettered).toEqual([{ key: first.key, eventId: first.eventId, cause: 'TooDeep' }]);
    expect({ published, resumeAt }).toEqual({ published: [second], resumeAt: undefined });
    expect(deadLetters.stored).toHaveLength(1);
  });

  it('makes the stream resume at an event whose dead letter cannot be stored', async () => {
    const wanted = records(12);
    failing(wanted[7])(malformed);
    deadLetters.isDown = true;
    const { resumeAt, deadLettered } = await run(wanted);
    expect(resumeAt).toBe(wanted[7]);
    expect(deadLettered).toEqual([]);
  });

  it('stores no dead letter for an event that the stream delivers again anyway', async () => {
    const wanted = records(10);
    bus.fault = ({ eventId }) => {
      if (eventId === wanted[2]?.eventId) return throttled;
      return eventId === wanted[6]?.eventId ? malformed : undefined;
    };
    expect(await run(wanted)).toMatchObject({ resumeAt: wanted[2], deadLettered: [] });
    expect(deadLetters.stored).toEqual([]);
  });
});
