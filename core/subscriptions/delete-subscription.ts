import type { AsanaBody } from '../../contract/webhook.ts';
import type { Subscription } from '../subscription.ts';
import { type DeleteOptions, deleteHook, keepDeletedUntil } from './delete-hook.ts';
import type { SubscriptionServices } from './services.ts';

/**
 * Deletes a subscription and every hook of it. The subscription is set to `off` first, so that no other call
 * creates a hook for it meanwhile. The call can be repeated after a failure. The rows are kept as long as the
 * subscription's events, because the events are found through them.
 *
 * @returns Asana's answer to the deletion of the current hook.
 * @throws NamedError WebhookStateUnknown; AsanaError
 */
export async function deleteSubscription(
  subscription: Subscription,
  options: DeleteOptions,
  services: SubscriptionServices,
): Promise<AsanaBody> {
  const { registry } = services;
  const { id } = subscription;
  await registry.changeSubscription(id, { wanted: 'off' });
  let body: AsanaBody = { data: {} };
  // Read the hooks after the change: from now on no hook of this subscription becomes active.
  for (const hook of await registry.hooksOf(id)) {
    if (hook.status !== 'deleted') body = await deleteHook(hook, options, services);
  }
  await registry.endSubscription(subscription, keepDeletedUntil(services));
  return body;
}
