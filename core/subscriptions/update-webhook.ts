import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { findWebhookToChange } from './find-webhook.ts';
import { managed } from './registry-facts.ts';
import type { SubscriptionServices } from './services.ts';

/** Replaces a webhook's filters at Asana and in the registry. */
export async function updateWebhook(
  parameters: ParametersOf<'updateWebhook'>,
  services: SubscriptionServices,
): Promise<ResultOf<'updateWebhook'>> {
  const { filters } = parameters;
  const { gid, webhook, connection } = await findWebhookToChange(parameters, services);
  const body = await services.asana(connection).updateWebhook(gid, { filters }, parameters);
  if (webhook) await services.registry.setFilters(webhook.hookKey, filters);
  return managed(body, webhook);
}
