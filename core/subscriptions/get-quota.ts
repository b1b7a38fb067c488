import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { SubscriptionServices } from './services.ts';
import { listEverywhere } from './webhooks-at-asana.ts';

const perUser = 10_000;
const perResource = 1_000;

/** The maximum number of resources in the result. */
const maxResources = 100;

/** Counts a connection's webhooks at Asana against Asana's limits. */
export async function getQuota(
  { connection }: ParametersOf<'getQuota'>,
  services: SubscriptionServices,
): Promise<ResultOf<'getQuota'>> {
  const { webhooks, refused } = await listEverywhere(services.asana(connection), { optFields: ['resource'] });
  const counts = new Map<string, number>();
  for (const { resource } of webhooks) {
    if (resource !== undefined) counts.set(resource.gid, (counts.get(resource.gid) ?? 0) + 1);
  }
  const resources = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, maxResources)
    .map(([resource, count]) => ({ resource, used: count, limit: perResource }));
  return { data: { connection, webhooks: { used: webhooks.length, limit: perUser }, resources, refused } };
}
