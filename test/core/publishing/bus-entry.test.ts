import { describe, expect, it } from 'vitest';
import { busDetail, isKnown } from '../../../consumer/events.ts';
import { keyOf } from '../../../core/event.ts';
import { maxRequestBytes, sizeOf, toBusEntry } from '../../../core/publishing/bus-entry.ts';
import { loggedEvent } from '../events.ts';

const big = 'x'.repeat(300 * 1024);

describe('toBusEntry()', () => {
  it('contains the event, its webhook, its detail type and its time', () => {
    const logged = loggedEvent(3);
    const entry = toBusEntry(logged);
    expect(entry).toMatchObject({
      eventId: logged.eventId,
      detailType: 'task.changed',
      time: new Date('2026-11-23T12:00:03.000Z'),
    });
    expect(JSON.parse(entry.detail)).toEqual({
      id: logged.eventId,
      subscription: 'sub_AAAAAAAAAAAAAAAAAAAAAA',
      webhook: { gid: '77', resource: '55', connection: 'default' },
      event: logged.event,
    });
  });

  it('names the replay and its only consumer', () => {
    const replay = { id: 'rpl_1', at: '2026-11-23T13:00:00.000Z' };
    const detail = JSON.parse(toBusEntry(loggedEvent(1), { replay, consumer: 'billing' }).detail);
    expect(detail).toMatchObject({ replay, consumer: 'billing' });
  });

  it.each([
    ['no resource', { resource: undefined, action: 'sync_error' }, 'unknown.sync_error'],
    ['no action', { action: undefined }, 'task.unknown'],
    ['a type that is not text', { resource: { gid: '1', resource_type: 5 } }, 'unknown.changed'],
    [
      'a type of 200 characters',
      { resource: { gid: '1', resource_type: 'y'.repeat(200) } },
      'unknown.changed',
    ],
    ['a new type', { resource: { gid: '1', resource_type: 'hologram' } }, 'hologram.changed'],
  ])('has a detail type for an event with %s', (_, event, detailType) => {
    expect(toBusEntry(loggedEvent(1, { event })).detailType).toBe(detailType);
  });

  it('leaves the time to the bus if the event has no time', () => {
    expect(toBusEntry(loggedEvent(1, { createdAt: undefined })).time).toBeUndefined();
  });

  it('points to an event that is too large, and keeps the members that rules filter by', () => {
    const logged = loggedEvent(4, { event: { note: big, user: { gid: '12', name: big } } });
    const entry = toBusEntry(logged);
    expect(sizeOf(entry)).toBeLessThan(2_000);
    expect(JSON.parse(entry.detail)).toMatchObject({
      id: logged.eventId,
      webhook: { gid: '77' },
      pointer: { subscription: logged.subscription, sortKey: `2026-11-23T12:00:04.000Z#${logged.eventId}` },
      event: {
        action: 'changed',
        created_at: '2026-11-23T12:00:04.000Z',
        user: { gid: '12' },
        resource: { gid: '1004', resource_type: 'task', resource_subtype: 'default_task' },
        parent: null,
        change: { field: 'due_on', action: 'changed' },
      },
    });
    expect(entry.detail).not.toContain(big);
  });

  it('points to an event with a field name that is too large', () => {
    const entry = toBusEntry(loggedEvent(4, { event: { change: { field: big, action: 'changed' } } }));
    expect(sizeOf(entry)).toBeLessThan(2_000);
    expect(JSON.parse(entry.detail).event.change).toEqual({ action: 'changed' });
  });

  it('sends an event whole up to the size limit', () => {
    const bare = sizeOf(toBusEntry(loggedEvent(1, { event: { note: '' } })));
    const fits = toBusEntry(loggedEvent(1, { event: { note: 'z'.repeat(maxRequestBytes - bare) } }));
    expect(sizeOf(fits)).toBe(maxRequestBytes);
    expect(JSON.parse(fits.detail).pointer).toBeUndefined();
    const over = toBusEntry(loggedEvent(1, { event: { note: 'z'.repeat(maxRequestBytes - bare + 1) } }));
    expect(JSON.parse(over.detail).pointer).toBeDefined();
  });
});

it('sizeOf() counts bytes as EventBridge does', () => {
  // 14 for the time, 14 for "asana.webhooks", 3 for the type, 4 for the quoted umlaut
  expect(sizeOf({ eventId: 'x', detailType: 'a.b', detail: '"ü"' })).toBe(14 + 14 + 3 + 4);
});

it('keyOf() sorts by time, for every form of a time', () => {
  const keys = [
    '2026-11-23T12:00:00.000Z',
    '2026-11-23T12:00:01Z',
    '2026-11-23T14:00:02.000+02:00',
    '2026-11-23T12:00:02.001Z',
    undefined,
  ].map((createdAt) => keyOf({ subscription: 's', createdAt, eventId: 'e' }).sortKey);
  expect(keys).toEqual([...keys].sort());
  expect(keys[2]).toBe('2026-11-23T12:00:02.000Z#e');
});

it.each([
  ['an event', loggedEvent(1), {}],
  [
    'a replayed event',
    loggedEvent(1),
    { replay: { id: 'r', at: '2026-11-23T13:00:00.000Z' }, consumer: 'c' },
  ],
  ['a pointer', loggedEvent(1, { event: { note: big } }), {}],
])('the schema for consumers holds for %s', (_, logged, occasion) => {
  const detail = JSON.parse(toBusEntry(logged, occasion).detail);
  expect(busDetail.parse(detail)).toEqual(detail);
  expect(isKnown(busDetail.parse(detail).event)).toBe(true);
});
