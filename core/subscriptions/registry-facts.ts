import type { AsanaBody, Managed, RegistryFacts } from '../../contract/webhook.ts';
import type { Webhook } from '../webhook.ts';

/** The facts about a webhook in the registry that results contain. */
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

/** Asana's body with the facts of the registry. */
export function managed<Data>(body: AsanaBody<Data>, webhook: Webhook | undefined): Managed<Data> {
  return { ...body, registry: webhook ? factsOf(webhook) : null };
}
