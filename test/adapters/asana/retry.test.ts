import { describe, expect, it } from 'vitest';
import { defaultRetryPolicy, mayRetry, parseRetryAfter, pauseMs } from '../../../adapters/asana/retry.ts';

const now = new Date('2026-11-23T10:00:00.000Z');

describe('parseRetryAfter()', () => {
  it.each([
    ['30', 30_000],
    ['0', 0],
    ['1.5', 1_500],
    [' 2 ', 2_000],
    ['Mon, 23 Nov 2026 10:01:00 GMT', 60_000],
    ['Mon, 23 Nov 2026 09:59:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads %j as %s', (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });
});

describe('pauseMs()', () => {
  it('doubles the pause up to a limit and returns a random part of the pause', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 6].map((attempt) =>
      pauseMs(attempt, undefined, defaultRetryPolicy, () => 1),
    );
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    expect(pauseMs(2, undefined, defaultRetryPolicy, () => 0.25)).toBe(500);
  });

  it('returns the pause that the server asks for', () => {
    expect(pauseMs(0, 9_000, defaultRetryPolicy, () => 0)).toBe(9_000);
  });
});

describe('mayRetry()', () => {
  it.each([
    [429, true, true],
    [429, false, true],
    [500, true, true],
    [500, false, false],
    [undefined, true, true],
    [undefined, false, false],
    [400, true, false],
    [404, true, false],
    [302, true, false],
  ])('returns for status %s and idempotent %s: %s', (status, isIdempotent, expected) => {
    expect(mayRetry(status, isIdempotent)).toBe(expected);
  });
});
