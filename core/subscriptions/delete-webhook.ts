import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { AsanaBody } from '../../contract/webhook.ts';
import { AsanaError } from '../errors.ts';
import { deletedWebhookRetentionMs, type Webhook } from '../webhook.ts';
import { findWebhookToChange } from './find-webhook.ts';
import { managed } from './registry-facts.ts';
import type { SubscriptionServices } from './services.ts';

/**
 * Deletes a webhook at Asana. From then on its deliveries are answered with 410. The row is set to `deleting`
 * first, so that an interrupted deletion can be recognised. Until Asana confirms the deletion, deliveries are
 * still accepted. If Asana no longer has the webhook, it counts as deleted.
 */
export async function deleteWebhook(
  parameters: ParametersOf<'deleteWebhook'>,
  services: SubscriptionServices,
): Promise<ResultOf<'deleteWebhook'>> {
  const { gid, webhook, connection } = await findWebhookToChange(parameters, services);
  const asana = services.asana(connection);
  if (webhook === undefined) return managed(await asana.deleteWebhook(gid, parameters), undefined);
  const { registry, now, eventRetentionMs } = services;
  await registry.setStatus(webhook.hookKey, 'deleting');
  const body = await deleteAtAsana(() => asana.deleteWebhook(gid, parameters), webhook, services);
  // The row is kept as long as the webhook's events, because they are found through the row.
  const keepMs = Math.max(deletedWebhookRetentionMs, eventRetentionMs);
  await registry.setStatus(webhook.hookKey, 'deleted', new Date(now().getTime() + keepMs));
  return managed(body, { ...webhook, status: 'deleted' });
}

async function deleteAtAsana(
  call: () => Promise<AsanaBody>,
  webhook: Webhook,
  { registry }: SubscriptionServices,
): Promise<AsanaBody> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AsanaError)) throw error;
    if (error.name === 'AsanaNotFound') return { data: {} };
    // Asana refused the deletion, so the webhook still exists. Without a clear answer the row stays
    // `deleting`.
    if (!error.mayHaveHappened) await registry.setStatus(webhook.hookKey, 'active');
    throw error;
  }
}
