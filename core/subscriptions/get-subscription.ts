import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { hookFacts, subscriptionFacts } from './facts.ts';
import { findSubscription, subscriptionIdOf } from './find-webhook.ts';
import { currentOf } from './secure.ts';
import type { SubscriptionServices } from './services.ts';

/** Reads one subscription from the registry, with all its webhooks. @throws NamedError WebhookNotFound */
export async function getSubscription(
  { subscription: named }: ParametersOf<'getSubscription'>,
  services: SubscriptionServices,
): Promise<ResultOf<'getSubscription'>> {
  const subscription = await findSubscription(await subscriptionIdOf(named, services), services);
  const hooks = await services.registry.hooksOf(subscription.id);
  return {
    data: {
      ...subscriptionFacts(subscription, currentOf(subscription, hooks)),
      webhooks: hooks.map(hookFacts),
    },
  };
}
