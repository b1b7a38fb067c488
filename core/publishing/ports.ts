import type { EventKey, LoggedEvent } from '../event.ts';
import type { UnreadableReason } from '../unreadable-event.ts';
import type { BusEntry } from './bus-entry.ts';

/** The reason why the bus did not accept an entry. */
export interface BusFailure {
  /** EventBridge's error code, for example `ThrottlingException`. */
  readonly cause: string;
  /** Whether the bus will refuse the same entry every time. */
  readonly isPermanent: boolean;
}

/** The event bus. */
export interface EventBus {
  /**
   * Puts up to ten entries on the bus. Returns one item per entry, in order: undefined if the bus accepted
   * the entry, otherwise the failure. If the whole call fails, every entry has that failure. Never throws.
   */
  put(entries: readonly BusEntry[]): Promise<readonly (BusFailure | undefined)[]>;
}

/** An event that cannot be put on the bus. It is named by its key in the event log, where its body stays. */
export interface UndeliverableEvent {
  readonly key: EventKey;
  readonly eventId: string;
  readonly cause: string;
}

/** Where the dispatcher puts events that it cannot deliver. Failures throw StorageUnavailable. */
export interface DeadLetterSink {
  add(event: UndeliverableEvent): Promise<void>;
}

/** A row that is new in the event log, as the stream shows it. */
export interface StreamedRow {
  readonly key: EventKey;
  readonly eventId: string;
  /** The event, or undefined if the row is an unreadable event or cannot be parsed. */
  readonly event: LoggedEvent | undefined;
  /** Why the receiver could not store the event; absent for every other row. */
  readonly unreadable?: UnreadableReason;
}
