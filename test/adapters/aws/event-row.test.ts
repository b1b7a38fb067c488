import { expect, it } from 'vitest';
import { toEventRow, toUnreadableRow } from '../../../adapters/aws/event-row.ts';
import { loggedEvent, unreadableEvent } from '../../core/events.ts';

const dayMs = 24 * 3_600_000;
const event = loggedEvent(0, { createdAt: '2026-11-23T12:00:00.000Z' });

it('the row of an event expires by the time of the event, so a repeated delivery writes an identical row', () => {
  const [first, later] = ['2026-11-23T12:00:01.000Z', '2026-12-01T00:00:00.000Z'].map((now) =>
    toEventRow(event, 30 * dayMs, new Date(now)),
  );
  expect(first).toEqual(later);
  // 2026-12-23T12:00:00Z
  expect(first?.expiresAt).toEqual({ N: '1798027200' });
});

it('the row of an event without a time, or of an unreadable event, expires by the time of storing', () => {
  const now = new Date('2026-11-24T00:00:00.000Z');
  // 2026-12-24T00:00:00Z
  const expiresAt = { N: '1798070400' };
  expect(toEventRow({ ...event, createdAt: undefined }, 30 * dayMs, now).expiresAt).toEqual(expiresAt);
  expect(toUnreadableRow(unreadableEvent(1), 30 * dayMs, now).expiresAt).toEqual(expiresAt);
});
