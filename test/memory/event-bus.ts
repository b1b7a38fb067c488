import type { BusEntry } from '../../core/publishing/bus-entry.ts';
import type { BusFailure, EventBus } from '../../core/publishing/ports.ts';

/** A bus in memory. `requests` holds the requests, and `entries` holds the entries on the bus. */
export interface MemoryEventBus extends EventBus {
  readonly requests: (readonly BusEntry[])[];
  readonly entries: BusEntry[];
  /** Returns the reason why the bus refuses an entry, or `undefined` if the bus accepts the entry. */
  fault: (entry: BusEntry) => BusFailure | undefined;
}

export function createMemoryEventBus(): MemoryEventBus {
  const bus: MemoryEventBus = {
    requests: [],
    entries: [],
    fault: () => undefined,
    async put(entries) {
      bus.requests.push(entries);
      const failures = entries.map((entry) => bus.fault(entry));
      bus.entries.push(...entries.filter((_, index) => failures[index] === undefined));
      return failures;
    },
  };
  return bus;
}

export const throttled: BusFailure = { cause: 'ThrottlingException', isPermanent: false };
export const malformed: BusFailure = { cause: 'MalformedDetail', isPermanent: true };

/** The event ids of entries, in order. */
export function idsOf(entries: readonly BusEntry[]): readonly string[] {
  return entries.map(({ eventId }) => eventId);
}
