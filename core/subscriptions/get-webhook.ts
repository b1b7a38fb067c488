import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { managed } from './facts.ts';
import { findByTarget, findWebhook } from './find-webhook.ts';
import type { SubscriptionServices } from './services.ts';

/** Reads one webhook from Asana, with the facts of the registry. */
export async function getWebhook(
  parameters: ParametersOf<'getWebhook'>,
  services: SubscriptionServices,
): Promise<ResultOf<'getWebhook'>> {
  const { gid, hook, connection } = await findWebhook(parameters, services);
  const body = await services.asana(connection).getWebhook(gid, parameters);
  return managed(body, hook ?? (await findByTarget(body.data.target, services)));
}
