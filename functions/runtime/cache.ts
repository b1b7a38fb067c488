import { LRUCache } from 'lru-cache';

type Clock = () => Date;

/** The limits of a cache. */
export interface CacheLimits {
  readonly maxEntries: number;
  /** How long the cache keeps a value. */
  readonly ttlMs: number;
  /** How long the cache keeps the fact that a key has no value. */
  readonly negativeTtlMs: number;
}

/** Stores values by key. `null` means that the key has no value. */
export interface Cache<T> {
  get(key: string): T | null | undefined;
  set(key: string, value: T | null): void;
  delete(key: string): void;
}

/** Creates a cache that is limited in size and time, so that requests with invented keys cannot fill the memory. */
export function createCache<T extends object>(limits: CacheLimits, now: Clock): Cache<T> {
  const values = new LRUCache<string, { readonly value: T | null }>({
    max: limits.maxEntries,
    ttl: limits.ttlMs,
    // Expire by age, not by last use: a webhook in constant use must also be read again.
    updateAgeOnGet: false,
    perf: { now: () => now().getTime() },
    // Read the clock every time. By default, lru-cache reuses a reading for a millisecond of real time.
    ttlResolution: 0,
  });
  return {
    get: (key) => values.get(key)?.value,
    set: (key, value) => {
      values.set(key, { value }, { ttl: value === null ? limits.negativeTtlMs : limits.ttlMs });
    },
    delete: (key) => {
      values.delete(key);
    },
  };
}
