import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { changeFilters } from './change-filters.ts';
import { managed } from './facts.ts';
import { findWebhookToChange } from './find-webhook.ts';
import type { SubscriptionServices } from './services.ts';

/**
 * Replaces a webhook's filters at Asana, then in the registry. If Asana refuses the filters, nothing is changed.
 *
 * @throws NamedError ConnectionMismatch, WebhookNotFound; AsanaError
 */
export async function updateWebhook(
  parameters: ParametersOf<'updateWebhook'>,
  services: SubscriptionServices,
): Promise<ResultOf<'updateWebhook'>> {
  const { filters } = parameters;
  const { gid, hook, connection } = await findWebhookToChange(parameters, services);
  const body = await services.asana(connection).updateWebhook(gid, { filters }, parameters);
  const subscription = hook && (await services.registry.findSubscription(hook.subscription));
  if (subscription !== undefined) await changeFilters(subscription, filters, services);
  return managed(body, hook);
}
