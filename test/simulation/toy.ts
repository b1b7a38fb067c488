import type { Actor } from './scheduler.ts';

/** A number that several actors change. */
export interface Counter {
  read(): Promise<number>;
  write(value: number): Promise<void>;
  /** Writes only if the counter has the expected value. Returns whether it did. */
  swap(expected: number, value: number): Promise<boolean>;
}

export interface CounterInMemory extends Counter {
  value: number;
}

export function createCounter(): CounterInMemory {
  const counter: CounterInMemory = {
    value: 0,
    read: async () => counter.value,
    async write(value) {
      counter.value = value;
    },
    async swap(expected, value) {
      if (counter.value !== expected) return false;
      counter.value = value;
      return true;
    },
  };
  return counter;
}

/** Adds 1 without a lock. */
export function careless(counter: Counter) {
  return async (actor: Actor): Promise<void> => {
    const port = actor.wrap(counter, 'counter', { reads: ['read'] });
    await port.write((await port.read()) + 1);
  };
}

/** Adds 1 with a conditional write. */
export function careful(counter: Counter) {
  return async (actor: Actor): Promise<void> => {
    const port = actor.wrap(counter, 'counter', { reads: ['read'] });
    for (;;) {
      const value = await port.read();
      if (await port.swap(value, value + 1)) return;
    }
  };
}
