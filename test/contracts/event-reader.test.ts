import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, type LoggedEvent } from '../../core/event.ts';
import type { EventRange } from '../../core/redelivery/ports.ts';
import { newSubscriptionId } from '../../core/subscription.ts';
import { loggedEvents, noon, unreadableEvent } from '../core/events.ts';
import { soon } from '../core/time.ts';
import { implementations, type Stores } from './stores.ts';

const second = (number: number) => new Date(noon.getTime() + number * 1_000);

describe.each(implementations)('reading the event log in %s', (_, start) => {
  let stores: Stores;
  let subscription: string;
  let events: readonly LoggedEvent[];
  beforeAll(async () => {
    stores = await start();
  });
  afterAll(() => stores.close());
  beforeEach(async () => {
    subscription = newSubscriptionId();
    events = loggedEvents(10, { subscription });
    const others = loggedEvents(5, { subscription: newSubscriptionId() });
    // The events are not in order, as Asana delivers them.
    await stores.eventLog.append([...events].reverse(), soon());
    await stores.eventLog.append(others, soon());
    await stores.settle();
  });

  async function readAll(range: Omit<EventRange, 'subscription'>): Promise<readonly LoggedEvent[]> {
    const found: LoggedEvent[] = [];
    let after: string | undefined;
    do {
      const page = await stores.events.page({ subscription, after, ...range });
      expect(page.events.length).toBeLessThanOrEqual(range.limit);
      found.push(...page.events);
      after = page.last;
    } while (after !== undefined);
    return found;
  }

  it.each([1, 3, 10, 100])(
    'page() returns every event of a subscription by time, %i per page',
    async (limit) => {
      expect(await readAll({ limit })).toEqual(events);
    },
  );

  it.each([
    ['from', { from: second(7) }, [7, 8, 9]],
    ['to', { to: second(2) }, [0, 1, 2]],
    ['from and to', { from: second(4), to: second(4) }, [4]],
    ['a time range without events', { from: second(20), to: second(30) }, []],
  ])('page() returns only events within %s, bounds included', async (_, range, expected) => {
    for (const limit of [2, 100]) {
      expect(await readAll({ ...range, limit })).toEqual(expected.map((index) => events[index]));
    }
  });

  it('page() returns events without a time last, and leaves them out if there are bounds', async () => {
    const timeless = {
      ...(events[0] as LoggedEvent),
      createdAt: undefined,
      event: { action: 'x' },
      eventId: 'A',
    };
    await stores.eventLog.append([timeless], soon());
    await stores.settle();
    expect((await readAll({ limit: 100 })).at(-1)).toEqual(timeless);
    expect(await readAll({ from: second(0), limit: 100 })).toEqual(events);
    expect(await readAll({ to: second(100), limit: 100 })).toEqual(events);
  });

  it.each([1, 3, 10, 100])(
    'page() returns the newest events first with newestFirst, %i per page',
    async (limit) => {
      expect(await readAll({ limit, newestFirst: true })).toEqual([...events].reverse());
      const some = { from: second(4), to: second(6), newestFirst: true };
      expect(await readAll({ ...some, limit })).toEqual([6, 5, 4].map((index) => events[index]));
    },
  );

  it('page() with newestFirst begins after any key, also after a key without an event', async () => {
    const { sortKey } = keyOf(events[4] as LoggedEvent);
    const behind = (after: string) =>
      stores.events.page({ subscription, after, limit: 1, newestFirst: true }).then((page) => page.events[0]);
    expect(await behind(sortKey)).toEqual(events[3]);
    expect(await behind(`${sortKey}~`)).toEqual(events[4]);
  });

  it.each([false, true])(
    'page() leaves out unreadable events and counts none of them (newestFirst: %s)',
    async (newestFirst) => {
      const unreadable = [1, 2, 3].map((number) => unreadableEvent(number, { subscription }));
      await stores.eventLog.append(unreadable, soon());
      const expected = newestFirst ? [...events].reverse() : events;
      for (const limit of [1, 4, 100]) expect(await readAll({ limit, newestFirst })).toEqual(expected);
      expect(await readAll({ from: second(0), to: second(100), limit: 100, newestFirst })).toEqual(expected);
    },
  );

  it('page() of a subscription without events is empty', async () => {
    const page = await stores.events.page({ subscription: newSubscriptionId(), limit: 10 });
    expect(page).toEqual({ events: [], last: undefined });
  });

  it('get() finds an event by its key', async () => {
    const [event] = events as [LoggedEvent];
    expect(await stores.events.get(keyOf(event))).toEqual(event);
    expect(await stores.events.get({ ...keyOf(event), subscription: newSubscriptionId() })).toBeUndefined();
  });
});
