import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { isConfirmed } from '../webhook.ts';
import { type Job, runBulk } from './bulk.ts';
import { deleteWebhook } from './delete-webhook.ts';
import type { SubscriptionServices } from './services.ts';

/** Deletes all webhooks of a connection, or those on some resources. It can be called repeatedly. */
export async function deleteWebhooks(
  { connection, resources, plan, requestsPerMinute }: ParametersOf<'deleteWebhooks'>,
  services: SubscriptionServices,
): Promise<ResultOf<'deleteWebhooks'>> {
  const rows = await services.registry.findByConnection(connection);
  const jobs = rows
    .filter(isConfirmed)
    .filter(({ status }) => status !== 'deleted')
    .filter(({ resource }) => resources === undefined || resources.includes(resource))
    .map(
      ({ resource, webhookGid, subscription, filters }): Job => ({
        item: { resource, action: 'delete', subscription, filtersBefore: filters },
        run: async (own) => {
          await deleteWebhook({ connection, webhookGid }, own);
          return { subscription };
        },
      }),
    );
  return runBulk(jobs, { plan, requestsPerMinute }, services);
}
