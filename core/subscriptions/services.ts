import type { Clock, Sleep } from '../clock.ts';
import type { DiagnosisServices } from '../diagnosing/services.ts';
import type { EncryptionKeys } from '../hook-secret.ts';
import type { Leases } from '../lease.ts';
import type { Owners } from '../owner.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { AsanaClient, IdempotencyRecords, Registry } from './ports.ts';

/** The services of the operations on webhooks and subscriptions. */
export interface SubscriptionServices extends DiagnosisServices {
  readonly registry: Registry;
  readonly leases: Leases;
  readonly idempotency: IdempotencyRecords;
  readonly owners: Owners;
  readonly encryptionKeys: EncryptionKeys;
  /** A client for a connection, by its name. With `requestsPerMinute`, the client keeps to that rate. */
  readonly asana: (connection: string, requestsPerMinute?: number) => AsanaClient;
  /** How long the event log keeps an event. */
  readonly eventRetentionMs: number;
  readonly now: Clock;
  readonly sleep: Sleep;
  /** The time that is left of the invocation. Nothing may run longer. */
  readonly time: TimeBudget;
  /** The base URL at which Asana reaches the receiver, without a slash at the end. */
  readonly publicBaseUrl: string;
}
