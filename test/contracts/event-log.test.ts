import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventIdOf, type LoggedEvent } from '../../core/event.ts';
import { newSubscription } from '../../core/webhook.ts';
import { soon } from '../core/time.ts';
import { implementations, type Stores } from './stores.ts';

function events(count: number, subscription = newSubscription()): readonly LoggedEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const createdAt = '2026-11-23T10:00:00.000Z';
    const event = { action: 'changed', created_at: createdAt, resource: { gid: `${index}` }, note: 'ü 😀' };
    const eventId = eventIdOf(event);
    return { subscription, eventId, createdAt, webhookGid: '77', connection: 'default', watched: '1', event };
  });
}

describe.each(implementations)('the event log in %s', (_, start) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await start();
  });
  afterAll(() => stores.close());

  it.each([1, 25, 26, 120])('append() stores %i events', async (count) => {
    const wanted = events(count);
    const before = await stores.storedEventIds();
    await stores.eventLog.append(wanted, soon());
    expect(await stores.storedEventIds()).toHaveLength(before.length + count);
  });

  it('append() stores an event once for each subscription, even if it comes repeatedly', async () => {
    const [subscription, other] = [newSubscription(), newSubscription()];
    const before = await stores.storedEventIds();
    for (let index = 0; index < 3; index += 1) {
      await stores.eventLog.append(events(2, subscription), soon());
      await stores.eventLog.append(events(2, other), soon());
    }
    expect(await stores.storedEventIds()).toHaveLength(before.length + 4);
  });

  it('append() stores an event without a time', async () => {
    const [event] = events(1);
    if (!event) throw new Error('no event');
    const before = await stores.storedEventIds();
    await stores.eventLog.append([{ ...event, createdAt: undefined }], soon());
    expect(await stores.storedEventIds()).toHaveLength(before.length + 1);
  });
});
