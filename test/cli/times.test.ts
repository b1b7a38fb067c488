import { describe, expect, it } from 'vitest';
import { timeOfDay } from '../../cli/console/time-of-day.ts';
import { readTime, relative } from '../../cli/times.ts';

const now = new Date('2026-11-23T12:00:00.000Z');

/** Midnight of a day in local time, in any time zone. */
const midnight = (year: number, month: number, day: number) => new Date(year, month - 1, day).toISOString();

describe('readTime()', () => {
  it.each([
    ['90s', '2026-11-23T11:58:30.000Z'],
    ['30m', '2026-11-23T11:30:00.000Z'],
    ['1h', '2026-11-23T11:00:00.000Z'],
    ['7d', '2026-11-16T12:00:00.000Z'],
    ['2w', '2026-11-09T12:00:00.000Z'],
    ['now', '2026-11-23T12:00:00.000Z'],
    ['2026-11-24T10:00:00Z', '2026-11-24T10:00:00.000Z'],
    ['2026-11-24T10:00:00.250+02:00', '2026-11-24T08:00:00.250Z'],
  ])('reads %s', (text, expected) => {
    expect(readTime(text, now)).toBe(expected);
  });

  it('reads a date as midnight in local time', () => {
    const noon = new Date(2026, 10, 23, 12);
    expect(readTime('today', noon)).toBe(midnight(2026, 11, 23));
    expect(readTime('yesterday', noon)).toBe(midnight(2026, 11, 22));
    expect(readTime('2026-11-24', noon)).toBe(midnight(2026, 11, 24));
    expect(readTime('2026-11-24T10:30', noon)).toBe(new Date(2026, 10, 24, 10, 30).toISOString());
  });

  it.each([
    '',
    'yesterdayish',
    '1',
    'h',
    '1y',
    '-1h',
    '24.11.2026',
    '2026-13-01',
    '2026-11-24T25:00:00Z',
    'now()',
  ])('refuses %j, and says what to write', (text) => {
    expect(() => readTime(text, now)).toThrow('is not a time. Use 30m, 2h, 7d, today');
  });
});

describe('relative()', () => {
  it.each([
    ['2026-11-23T12:00:00.000Z', 'just now'],
    ['2026-11-23T11:59:40.000Z', 'just now'],
    ['2026-11-23T11:59:00.000Z', '1 min ago'],
    ['2026-11-23T10:31:00.000Z', '89 min ago'],
    ['2026-11-23T10:00:00.000Z', '2 h ago'],
    ['2026-11-22T01:00:00.000Z', '35 h ago'],
    ['2026-11-20T12:00:00.000Z', '3 d ago'],
    ['2026-11-23T12:50:00.000Z', 'in 50 min'],
    ['soon', ''],
    [undefined, ''],
    [null, ''],
  ])('shows %s as %s', (iso, text) => {
    expect(relative(iso, now)).toBe(text);
  });
});

it('timeOfDay() is local', () => {
  expect(timeOfDay(new Date(2026, 10, 23, 4, 5, 6).toISOString())).toBe('04:05:06');
  expect(timeOfDay('x')).toBe('--:--:--');
  expect(timeOfDay(undefined)).toBe('--:--:--');
});
