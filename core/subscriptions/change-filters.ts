import type { WebhookFilter } from '../../contract/webhook.ts';
import type { Subscription } from '../subscription.ts';
import { describesFilters } from './handles.ts';
import type { SubscriptionServices } from './services.ts';

/** Stores the filters that are wanted of a subscription. Returns undefined if it was deleted. */
export function changeFilters(
  { id, handle }: Subscription,
  filters: readonly WebhookFilter[],
  { registry }: SubscriptionServices,
): Promise<Subscription | undefined> {
  return registry.changeSubscription(id, { filters, dropHandle: describesFilters(handle) });
}
