import type { EventKey } from '../event.ts';
import type { BusEntry } from './bus-entry.ts';

/** Why the bus did not take an entry. */
export interface BusFailure {
  /** EventBridge's error code, as in `ThrottlingException`. */
  readonly cause: string;
  /** Whether the same entry will be refused again. */
  readonly isPermanent: boolean;
}

/** The event bus. */
export interface EventBus {
  /**
   * Puts up to ten entries on the bus. Answers one item for each, in order: nothing where it was taken, else why
   * not. A call that fails is a failure of each of its entries; nothing is thrown.
   */
  put(entries: readonly BusEntry[]): Promise<readonly (BusFailure | undefined)[]>;
}

/** An event that cannot be put on the bus, by its key in the event log: its body stays there. */
export interface UndeliverableEvent {
  readonly key: EventKey;
  readonly eventId: string;
  readonly cause: string;
}

/** Where the dispatcher puts what it cannot deliver. Failures throw StorageUnavailable. */
export interface DeadLetterSink {
  add(event: UndeliverableEvent): Promise<void>;
}
