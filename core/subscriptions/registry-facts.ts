import type { Webhook, WebhookStatus } from '../webhook.ts';
import type { AsanaBody } from './ports.ts';

/** What we know of a webhook, as results show it. The hook key and the secret are never part of it. */
export interface RegistryFacts {
  readonly subscription: string;
  readonly connection: string;
  readonly status: WebhookStatus;
  readonly resource: string;
  readonly createdAt: string;
  readonly lastDeliveryAt: string | null;
}

export function factsOf(webhook: Webhook): RegistryFacts {
  return {
    subscription: webhook.subscription,
    connection: webhook.connection,
    status: webhook.status,
    resource: webhook.resource,
    createdAt: webhook.createdAt.toISOString(),
    lastDeliveryAt: webhook.lastDeliveryAt?.toISOString() ?? null,
  };
}

/** Asana's answer with our own facts; `registry` is null for a webhook that is not at our endpoint. */
export type ManagedBody = AsanaBody & { readonly registry: RegistryFacts | null };

export function managed(body: AsanaBody, webhook: Webhook | undefined): ManagedBody {
  return { ...body, registry: webhook ? factsOf(webhook) : null };
}
