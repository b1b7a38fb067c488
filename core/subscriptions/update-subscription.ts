import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import type { Subscription } from '../subscription.ts';
import { changeFilters } from './change-filters.ts';
import { deleteHook } from './delete-hook.ts';
import { subscriptionFacts } from './facts.ts';
import { sameFilters } from './filters.ts';
import { findSubscription, subscriptionIdOf } from './find-webhook.ts';
import { currentOf, secure } from './secure.ts';
import type { SubscriptionServices } from './services.ts';

/**
 * Changes what is wanted of a subscription: its filters, or whether it is paused. A paused subscription has no
 * webhook at Asana. It keeps its id, its filters and its events.
 *
 * The call can be repeated after a failure.
 *
 * @throws NamedError WebhookNotFound; the errors of `secure` and `deleteHook`
 */
export async function updateSubscription(
  { subscription: named, filters, wanted }: ParametersOf<'updateSubscription'>,
  services: SubscriptionServices,
): Promise<ResultOf<'updateSubscription'>> {
  let subscription = await findSubscription(await subscriptionIdOf(named, services), services);
  // A pause comes first, and a resumption last, so that Asana never gets filters for a webhook that ends.
  if (wanted === 'paused') subscription = await pause(subscription, services);
  if (filters !== undefined) subscription = await setFilters(subscription, filters, services);
  if (wanted === 'on') subscription = await resume(subscription, services);
  const hooks = await services.registry.hooksOf(subscription.id);
  return { data: subscriptionFacts(subscription, currentOf(subscription, hooks)) };
}

async function pause(subscription: Subscription, services: SubscriptionServices): Promise<Subscription> {
  const paused = await change(subscription, 'paused', services);
  // Read the hooks after the change: from now on no hook of this subscription becomes active.
  for (const hook of await services.registry.hooksOf(subscription.id)) {
    if (hook.status !== 'deleted') await deleteHook(hook, {}, services);
  }
  return paused;
}

async function resume(subscription: Subscription, services: SubscriptionServices): Promise<Subscription> {
  const resumed = await change(subscription, 'on', services);
  await secure(resumed, {}, services);
  return (await services.registry.findSubscription(subscription.id)) ?? resumed;
}

/** Sets the filters at Asana, then in the registry. If Asana refuses the filters, nothing is changed. */
async function setFilters(
  subscription: Subscription,
  filters: Subscription['filters'],
  services: SubscriptionServices,
): Promise<Subscription> {
  const current = currentOf(subscription, await services.registry.hooksOf(subscription.id));
  if (subscription.wanted === 'on' && current !== undefined) {
    await services.asana(current.connection).updateWebhook(current.webhookGid, { filters }, {});
  }
  if (sameFilters(subscription.filters, filters)) return subscription;
  return (await changeFilters(subscription, filters, services)) ?? deleted(subscription);
}

async function change(
  subscription: Subscription,
  wanted: 'on' | 'paused',
  { registry }: SubscriptionServices,
): Promise<Subscription> {
  return (await registry.changeSubscription(subscription.id, { wanted })) ?? deleted(subscription);
}

function deleted({ id }: Subscription): never {
  throw new NamedError('SubscriptionChanged', `Another call deleted the subscription ${id} meanwhile.`);
}
