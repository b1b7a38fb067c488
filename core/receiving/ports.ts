import type { LoggedEvent } from '../event.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { Webhook } from '../webhook.ts';

/** Whether a handshake's secret was stored. If not, the current row, if there is one, shows the reason. */
export type SecretStored = { readonly stored: true } | { readonly stored: false; readonly webhook?: Webhook };

/**
 * The part of the registry that the receiver needs. Every read is consistent. Failures throw
 * StorageUnavailable.
 */
export interface ReceiverRegistry {
  find(hookKey: string): Promise<Webhook | undefined>;
  /**
   * Stores the encrypted secret in one conditional write. The conditions: the webhook is `registering`, its
   * window is open, and no other secret is stored. Storing the same encrypted secret again succeeds.
   */
  storeSecret(hookKey: string, encryptedSecret: string, now: Date): Promise<SecretStored>;
  /** Writes the time of a verified delivery. Does nothing for an unknown hook key. */
  noteDelivery(hookKey: string, now: Date): Promise<void>;
}

/** The event log. */
export interface EventLog {
  /**
   * Stores every event under its subscription, time and event id. All ids in `events` must differ. Storing an
   * event again changes nothing.
   *
   * @throws StorageUnavailable unless every event is stored within `time`.
   */
  append(events: readonly LoggedEvent[], time: TimeBudget): Promise<void>;
}
