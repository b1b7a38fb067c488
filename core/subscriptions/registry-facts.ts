import type { AsanaBody, Managed, RegistryFacts } from '../../contract/webhook.ts';
import type { Webhook } from '../webhook.ts';

/** What results show of a webhook in the registry. */
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

/** Asana's body with our own facts. */
export function managed<Data>(body: AsanaBody<Data>, webhook: Webhook | undefined): Managed<Data> {
  return { ...body, registry: webhook ? factsOf(webhook) : null };
}
