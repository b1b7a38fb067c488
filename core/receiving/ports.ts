import type { LoggedEvent } from '../event.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { Webhook } from '../webhook.ts';

/** What came of storing a handshake's secret. When it was not stored, the row as it stands says why. */
export type SecretStored = { readonly stored: true } | { readonly stored: false; readonly webhook?: Webhook };

/** The registry as the receiver needs it. Every read is consistent. Storage failures throw StorageUnavailable. */
export interface ReceiverRegistry {
  find(hookKey: string): Promise<Webhook | undefined>;
  /**
   * Stores the encrypted secret in one conditional write: the webhook is `registering`, its window is open, and
   * no other secret is stored. The same encrypted secret again counts as stored.
   */
  storeSecret(hookKey: string, encryptedSecret: string, now: Date): Promise<SecretStored>;
  /** Notes that a verified delivery was seen. Does nothing for an unknown hook key. */
  noteDelivery(hookKey: string, now: Date): Promise<void>;
}

/** The event log. */
export interface EventLog {
  /**
   * Stores every event under its subscription, time and event id. The events' ids differ from each other.
   * Storing an event again changes nothing.
   *
   * @throws StorageUnavailable unless every event is stored in `time`.
   */
  append(events: readonly LoggedEvent[], time: TimeBudget): Promise<void>;
}
