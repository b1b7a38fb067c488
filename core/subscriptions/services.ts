import type { Claims } from '../claims.ts';
import type { Clock, Sleep } from '../clock.ts';
import type { DiagnosisServices } from '../diagnosing/services.ts';
import type { EncryptionKeys } from '../hook-secret.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { AsanaClient, Registry } from './ports.ts';

/** What the operations on webhooks work with. */
export interface SubscriptionServices extends DiagnosisServices {
  readonly registry: Registry;
  readonly claims: Claims;
  readonly encryptionKeys: EncryptionKeys;
  /** Asana over a connection, by the connection's name; at a pace where one is named. */
  readonly asana: (connection: string, requestsPerMinute?: number) => AsanaClient;
  /** How long the event log keeps an event. */
  readonly eventRetentionMs: number;
  readonly now: Clock;
  readonly sleep: Sleep;
  /** What is left of the invocation: nothing runs beyond it. */
  readonly time: TimeBudget;
  /** Where Asana reaches the receiver, without a slash at the end. */
  readonly publicBaseUrl: string;
}
