import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { findByTarget, findWebhook } from './find-webhook.ts';
import { managed } from './registry-facts.ts';
import type { SubscriptionServices } from './services.ts';

/** Reads one webhook from Asana, with the facts of the registry. */
export async function getWebhook(
  parameters: ParametersOf<'getWebhook'>,
  services: SubscriptionServices,
): Promise<ResultOf<'getWebhook'>> {
  const { gid, webhook, connection } = await findWebhook(parameters, services);
  const body = await services.asana(connection).getWebhook(gid, parameters);
  return managed(body, webhook ?? (await findByTarget(body.data.target, services)));
}
