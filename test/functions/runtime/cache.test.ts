import { beforeEach, describe, expect, it } from 'vitest';
import { createCache } from '../../../functions/runtime/cache.ts';

let seconds: number;
beforeEach(() => {
  seconds = 1_000;
});
const limits = { maxEntries: 2, ttlMs: 30_000, negativeTtlMs: 10_000 };
const create = () => createCache<{ name: string }>(limits, () => new Date(seconds * 1_000));

describe('createCache()', () => {
  it('keeps a value until its TTL ends, and reads do not extend the TTL', () => {
    const cache = create();
    cache.set('a', { name: 'a' });
    for (const passed of [0, 10, 29]) {
      seconds = 1_000 + passed;
      expect(cache.get('a')).toEqual({ name: 'a' });
    }
    seconds = 1_031;
    expect(cache.get('a')).toBeUndefined();
  });

  it('keeps the absence of a value for a shorter time', () => {
    const cache = create();
    cache.set('a', null);
    seconds += 9;
    expect(cache.get('a')).toBeNull();
    seconds += 2;
    expect(cache.get('a')).toBeUndefined();
  });

  it('drops the least recently used value if there are too many values', () => {
    const cache = create();
    for (const name of ['a', 'b', 'c']) cache.set(name, { name });
    expect(['a', 'b', 'c'].map((name) => cache.get(name)?.name)).toEqual([undefined, 'b', 'c']);
  });

  it('drops a deleted value', () => {
    const cache = create();
    cache.set('a', { name: 'a' });
    cache.delete('a');
    expect(cache.get('a')).toBeUndefined();
  });
});
