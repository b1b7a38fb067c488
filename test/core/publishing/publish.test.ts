import { beforeEach, describe, expect, it } from 'vitest';
import { type BusEntry, maxRequestBytes, sizeOf, toBusEntry } from '../../../core/publishing/bus-entry.ts';
import { publish } from '../../../core/publishing/publish.ts';
import { timeUntil } from '../../../core/time-budget.ts';
import {
  createMemoryEventBus,
  idsOf,
  type MemoryEventBus,
  malformed,
  throttled,
} from '../../memory/event-bus.ts';
import { loggedEvents, noon } from '../events.ts';

let bus: MemoryEventBus;
let time: number;
beforeEach(() => {
  bus = createMemoryEventBus();
  time = noon.getTime();
});

function run(entries: readonly BusEntry[], budgetMs = 10_000) {
  return publish(entries, {
    bus,
    sleep: async (ms) => {
      time += ms;
    },
    random: () => 0.5,
    time: timeUntil(new Date(noon.getTime() + budgetMs), () => new Date(time)),
  });
}

const entries = (count: number, note = '') =>
  loggedEvents(count, { event: { note } }).map((event) => toBusEntry(event));

describe('publish()', () => {
  it('sends no request for an empty list', async () => {
    expect(await run([])).toEqual({ published: [], refused: [], left: [] });
    expect(bus.requests).toEqual([]);
  });

  it('sends ten entries in a request, in order', async () => {
    const wanted = entries(25);
    expect(idsOf((await run(wanted)).published)).toEqual(idsOf(wanted));
    expect(bus.requests.map((request) => request.length)).toEqual([10, 10, 5]);
    expect(idsOf(bus.entries)).toEqual(idsOf(wanted));
  });

  it('sends no more bytes in a request than the bus accepts', async () => {
    const wanted = entries(9, 'n'.repeat(60 * 1024));
    await run(wanted);
    expect(bus.requests.map((request) => request.length)).toEqual([4, 4, 1]);
    for (const request of bus.requests) {
      expect(request.reduce((sum, entry) => sum + sizeOf(entry), 0)).toBeLessThanOrEqual(maxRequestBytes);
    }
    expect(idsOf(bus.entries)).toEqual(idsOf(wanted));
  });

  it('resends only failed entries, and resends them before later entries', async () => {
    const wanted = entries(12);
    const [, second, third] = wanted;
    let tries = 0;
    bus.fault = (entry) => {
      if (entry !== second && entry !== third) return undefined;
      tries += 1;
      return tries <= 3 ? throttled : undefined;
    };
    const { published, left } = await run(wanted);
    expect(left).toEqual([]);
    expect(new Set(published)).toEqual(new Set(wanted));
    expect(bus.requests.map(idsOf)).toEqual([
      idsOf(wanted.slice(0, 10)),
      [second?.eventId, third?.eventId],
      [second?.eventId],
      idsOf(wanted.slice(10)),
    ]);
  });

  it('returns the entry that the bus never accepts, and continues', async () => {
    const wanted = entries(12);
    bus.fault = (entry) => (entry === wanted[4] ? malformed : undefined);
    const { published, refused, left } = await run(wanted);
    expect(refused).toEqual([{ entry: wanted[4], cause: 'MalformedDetail' }]);
    expect(published).toHaveLength(11);
    expect(left).toEqual([]);
    expect(bus.requests).toHaveLength(2);
  });

  it('stops at the deadline, and returns the remaining entries in order', async () => {
    const wanted = entries(25);
    bus.fault = (entry) => (entry === wanted[12] ? throttled : undefined);
    const { published, left, leftBecause } = await run(wanted, 2_000);
    expect(leftBecause).toBe('ThrottlingException');
    expect(idsOf(left)).toEqual(idsOf([wanted[12], ...wanted.slice(20)] as BusEntry[]));
    expect(published).toHaveLength(19);
    expect(time).toBeLessThan(noon.getTime() + 2_000);
    expect(bus.requests.length).toBeGreaterThan(4);
  });

  it('sends no further request after the deadline if the bus is slow, and returns the rest', async () => {
    const wanted = entries(25);
    const { put } = bus;
    const slow = async (request: readonly BusEntry[]) => {
      time += 3_000;
      return put(request);
    };
    bus = { ...bus, put: slow };
    const { published, left, leftBecause } = await run(wanted, 4_000);
    expect(idsOf(published)).toEqual(idsOf(wanted.slice(0, 20)));
    expect(idsOf(left)).toEqual(idsOf(wanted.slice(20)));
    expect(leftBecause).toBeUndefined();
  });
});
