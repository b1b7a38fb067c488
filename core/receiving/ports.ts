import type { LoggedEvent } from '../event.ts';
import type { Hook } from '../hook.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { UnreadableEvent } from '../unreadable-event.ts';

/** Whether a handshake's secret was stored. If not, the current row, if there is one, shows the reason. */
export type SecretStored = { readonly stored: true } | { readonly stored: false; readonly webhook?: Hook };

/** What a verified delivery contained: events, or nothing. */
export type ArrivalKind = 'events' | 'heartbeat';

/**
 * The part of the registry that the receiver needs. Every read is consistent. Failures throw
 * StorageUnavailable.
 */
export interface ReceiverRegistry {
  find(hookKey: string): Promise<Hook | undefined>;
  /**
   * Stores the encrypted secret in one conditional write. The conditions: the webhook is `registering`, its
   * window is open, and no other secret is stored. Storing the same encrypted secret again succeeds.
   */
  storeSecret(hookKey: string, encryptedSecret: string, now: Date): Promise<SecretStored>;
  /** Writes the time of a verified delivery. Does nothing for an unknown hook key. */
  noteArrival(hookKey: string, kind: ArrivalKind, now: Date): Promise<void>;
}

/** The event log. */
export interface EventLog {
  /**
   * Stores every event under its subscription, time and event id, and every unreadable event under its own key. All
   * ids of events must differ, and so must all ids of unreadable events. Storing a row again changes nothing.
   *
   * @throws StorageUnavailable unless every row is stored within `time`.
   */
  append(rows: readonly (LoggedEvent | UnreadableEvent)[], time: TimeBudget): Promise<void>;
}
