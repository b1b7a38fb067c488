import type { Probe } from '../diagnosing/explain-failure.ts';
import type { AsanaWebhooks, Clock, IdempotencyClaims, ManagementRegistry, SealingKeys } from './ports.ts';

/** What the management operations work with. */
export interface ManagementServices {
  readonly registry: ManagementRegistry;
  readonly claims: IdempotencyClaims;
  readonly sealingKeys: SealingKeys;
  /** Asana over a connection, by the connection's name; at a pace where one is named. */
  readonly asana: (connection: string, requestsPerMinute?: number) => AsanaWebhooks;
  /** How long the event log keeps an event. */
  readonly eventRetentionMs: number;
  /** Calls our own endpoint as Asana would. */
  readonly probe: Probe;
  readonly now: Clock;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** When the invocation ends: nothing runs beyond it. */
  readonly deadline: Date;
  /** Where Asana reaches the receiver, without a slash at the end. */
  readonly publicBaseUrl: string;
}
