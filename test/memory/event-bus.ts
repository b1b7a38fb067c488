import type { BusEntry } from '../../core/publishing/bus-entry.ts';
import type { BusFailure, EventBus } from '../../core/publishing/ports.ts';

/** A bus in memory. `requests` is what was asked, `entries` what is on the bus. */
export interface MemoryEventBus extends EventBus {
  readonly requests: (readonly BusEntry[])[];
  readonly entries: BusEntry[];
  /** Answers for an entry why it is not taken. */
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
