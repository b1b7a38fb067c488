import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventIdOf, type LoggedEvent } from '../../core/event.ts';
import { newSubscriptionId } from '../../core/subscription.ts';
import { unreadableEvent } from '../core/events.ts';
import { soon } from '../core/time.ts';
import { implementations, type Stores } from './stores.ts';

function events(count: number, subscription = newSubscriptionId()): readonly LoggedEvent[] {
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
    const [subscription, other] = [newSubscriptionId(), newSubscriptionId()];
    const before = await stores.storedEventIds();
    for (let index = 0; index < 3; index += 1) {
      await stores.eventLog.append(events(2, subscription), soon());
      await stores.eventLog.append(events(2, other), soon());
    }
    expect(await stores.storedEventIds()).toHaveLength(before.length + 4);
  });

  it('append() stores unreadable events beside events, once', async () => {
    const subscription = newSubscriptionId();
    const unreadable = [1, 2].map((number) => unreadableEvent(number, { subscription }));
    const before = await stores.storedEventIds();
    for (let index = 0; index < 2; index += 1) {
      await stores.eventLog.append([...events(30, subscription), ...unreadable], soon());
    }
    const after = await stores.storedEventIds();
    expect(after).toHaveLength(before.length + 32);
    expect(after).toContain('unreadable-2');
  });

  it('append() stores an event and an unreadable event with the same id as two rows', async () => {
    const subscription = newSubscriptionId();
    const [event] = events(1, subscription);
    const eventId = event?.eventId ?? '';
    const before = await stores.storedEventIds();
    await stores.eventLog.append(
      [...events(1, subscription), unreadableEvent(1, { subscription, eventId })],
      soon(),
    );
    expect(await stores.storedEventIds()).toHaveLength(before.length + 2);
  });

  // The receiver stores no larger texts. A delivery has at most 4 MB, so only numbers fill more than ten rows.
  it.each([
    ['numbers', 25, '100000000000000000000,'],
    ['quotes', 10, '\\"'],
    ['two-byte letters', 10, 'ü'],
  ])('append() stores rows of the largest size, full of %s', async (_, count, piece) => {
    const subscription = newSubscriptionId();
    const gid = '9'.repeat(32);
    const rows = Array.from({ length: count }, (_, index) => {
      const room = 392 * 1024 - 20;
      const pieces = piece.repeat(room / Buffer.byteLength(piece));
      const json = piece.startsWith('1')
        ? `{"n":${index},"x":[${pieces}1]}`
        : `{"n":${index},"x":"${pieces}"}`;
      const eventId = `${index}`.padEnd(43, '_');
      const row = { subscription, webhookGid: gid, connection: 'c'.repeat(64), watched: gid, eventId };
      if (index % 2 === 1) return { ...row, reason: 'NotAnObject' as const, body: json };
      return { ...row, createdAt: '2026-11-23T10:00:00.000Z', event: JSON.parse(json) };
    });
    const before = await stores.storedEventIds();
    await stores.eventLog.append(rows, soon());
    expect(await stores.storedEventIds()).toHaveLength(before.length + count);
  });

  it('append() stores an event without a time', async () => {
    const [event] = events(1);
    if (!event) throw new Error('no event');
    const before = await stores.storedEventIds();
    await stores.eventLog.append([{ ...event, createdAt: undefined }], soon());
    expect(await stores.storedEventIds()).toHaveLength(before.length + 1);
  });
});
