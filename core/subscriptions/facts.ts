import type { HookFacts, SubscriptionFacts } from '../../contract/subscription.ts';
import type { AsanaBody, Managed, RegistryFacts } from '../../contract/webhook.ts';
import type { Hook } from '../hook.ts';
import type { Subscription } from '../subscription.ts';

/** The facts about a webhook in the registry that results contain. */
export function factsOf(hook: Hook): RegistryFacts {
  return {
    subscription: hook.subscription,
    connection: hook.connection,
    status: hook.status,
    resource: hook.resource,
    createdAt: hook.createdAt.toISOString(),
    lastDeliveryAt: hook.lastDeliveryAt?.toISOString() ?? null,
  };
}

/** Asana's body with the facts of the registry. */
export function managed<Data>(body: AsanaBody<Data>, hook: Hook | undefined): Managed<Data> {
  return { ...body, registry: hook ? factsOf(hook) : null };
}

/** The facts about a paused subscription that has no webhook any more. */
export function pausedFacts({ id, connection, resource, createdAt }: Subscription): RegistryFacts {
  return {
    subscription: id,
    connection,
    status: 'deleted',
    resource,
    createdAt: createdAt.toISOString(),
    lastDeliveryAt: null,
  };
}

/** A subscription as results show it. */
export function subscriptionFacts(subscription: Subscription, current: Hook | undefined): SubscriptionFacts {
  return {
    subscription: subscription.id,
    name: subscription.name ?? null,
    connection: subscription.connection,
    resource: subscription.resource,
    filters: subscription.filters,
    wanted: subscription.wanted,
    managedBy: subscription.managedBy,
    createdAt: subscription.createdAt.toISOString(),
    webhook: current ? hookFacts(current) : null,
  };
}

export function hookFacts(hook: Hook): HookFacts {
  return {
    webhookGid: hook.webhookGid ?? null,
    status: hook.status,
    createdAt: hook.createdAt.toISOString(),
    lastDeliveryAt: hook.lastDeliveryAt?.toISOString() ?? null,
    lastHeartbeatAt: hook.lastHeartbeatAt?.toISOString() ?? null,
  };
}
