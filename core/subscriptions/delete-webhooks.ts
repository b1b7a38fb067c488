import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { type Job, runBulk } from './bulk.ts';
import { deleteSubscription } from './delete-subscription.ts';
import type { SubscriptionServices } from './services.ts';

/** Deletes all subscriptions of a connection, or those on some resources. It can be called repeatedly. */
export async function deleteWebhooks(
  { connection, resources, plan, requestsPerMinute }: ParametersOf<'deleteWebhooks'>,
  services: SubscriptionServices,
): Promise<ResultOf<'deleteWebhooks'>> {
  const subscriptions = await services.registry.subscriptionsOf(connection);
  const jobs = subscriptions
    .filter(({ resource }) => resources === undefined || resources.includes(resource))
    .filter(({ wanted, expiresAt }) => wanted !== 'off' || expiresAt === undefined)
    .map((subscription): Job => {
      const { id, resource, filters } = subscription;
      return {
        item: { resource, action: 'delete', subscription: id, filtersBefore: filters },
        run: async (own) => {
          await deleteSubscription(subscription, {}, own);
          return { subscription: id };
        },
      };
    });
  return runBulk(jobs, { plan, requestsPerMinute }, services);
}
