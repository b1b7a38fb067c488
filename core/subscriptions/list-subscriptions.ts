import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { Subscription } from '../subscription.ts';
import { subscriptionFacts } from './facts.ts';
import type { SubscriptionServices } from './services.ts';

/**
 * Lists the subscriptions in the registry that were not deleted, per connection, the oldest first. Asana is not
 * called.
 */
export async function listSubscriptions(
  { connection, resource }: ParametersOf<'listSubscriptions'>,
  { registry }: SubscriptionServices,
): Promise<ResultOf<'listSubscriptions'>> {
  const names = connection === undefined ? await registry.connections() : [connection];
  const lists: (readonly Subscription[])[] = [];
  for (const name of names) lists.push(await registry.subscriptionsOf(name));
  const subscriptions = lists
    .flat()
    .filter(({ wanted }) => wanted !== 'off')
    .filter((subscription) => resource === undefined || subscription.resource === resource);
  const hooks = await registry.findHooks(subscriptions.flatMap(({ currentHook }) => currentHook ?? []));
  const byKey = new Map(hooks.map((hook) => [hook.hookKey, hook]));
  return {
    data: subscriptions.map((subscription) =>
      subscriptionFacts(subscription, byKey.get(subscription.currentHook ?? '')),
    ),
  };
}
