import { LRUCache } from 'lru-cache';

type Clock = () => Date;

/** How long and how much a container remembers. */
export interface CacheLimits {
  readonly maxEntries: number;
  /** How long a value is remembered. */
  readonly ttlMs: number;
  /** How long it is remembered that there is no value. */
  readonly negativeTtlMs: number;
}

/** Remembers values by key; `null` stands for "there is none". */
export interface Cache<T> {
  get(key: string): T | null | undefined;
  set(key: string, value: T | null): void;
  delete(key: string): void;
}

/** A cache with bounds in number and time, so that requests with invented keys cannot fill the memory. */
export function createCache<T extends object>(limits: CacheLimits, now: Clock): Cache<T> {
  const values = new LRUCache<string, { readonly value: T | null }>({
    max: limits.maxEntries,
    ttl: limits.ttlMs,
    // The age counts: a webhook that is asked for all the time must be read again, too.
    updateAgeOnGet: false,
    perf: { now: () => now().getTime() },
    // Ask the clock every time: by default lru-cache keeps its answer for a millisecond of real time.
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
