import type { ErrorName } from './errors.ts';
import type { WebhookFilter, WebhookStatus } from './webhook.ts';

/**
 * What is wanted of a subscription.
 *
 * - `on`: it should have a working webhook at Asana.
 * - `paused`: it has no webhook at Asana until somebody resumes it.
 * - `off`: it was deleted. Its row is kept as long as its events.
 */
export type WantedState = 'on' | 'paused' | 'off';

/** Who changes a subscription: a person or program that calls operations, or another part of this system. */
export type ManagedBy = 'person' | `declared:${string}` | `coverage:${string}`;

/** A subscription as results show it. */
export interface SubscriptionFacts {
  readonly subscription: string;
  readonly name: string | null;
  readonly connection: string;
  readonly resource: string;
  readonly filters: readonly WebhookFilter[];
  readonly wanted: WantedState;
  readonly managedBy: ManagedBy;
  readonly createdAt: string;
  /** The current webhook; null while there is none. */
  readonly webhook: HookFacts | null;
}

/** A webhook of a subscription as results show it. They never show the hook key or the secret. */
export interface HookFacts {
  /** Asana's gid of the webhook; null until Asana has confirmed it. */
  readonly webhookGid: string | null;
  readonly status: WebhookStatus;
  readonly createdAt: string;
  readonly lastDeliveryAt: string | null;
  readonly lastHeartbeatAt: string | null;
}

/** A workspace whose webhooks could not be listed. */
export interface RefusedWorkspace {
  readonly workspace: string;
  readonly error: ErrorName;
  readonly message: string;
}
