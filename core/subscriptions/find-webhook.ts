import { NamedError } from '../errors.ts';
import { type ConfirmedWebhook, hookKeyIn, isConfirmed, isSubscription, type Webhook } from '../webhook.ts';
import type { SubscriptionServices } from './services.ts';

/** Names one webhook, by Asana's gid or by our subscription id. */
export interface WebhookReference {
  /** The connection to use. The default is the webhook's own connection. */
  readonly connection?: string;
  readonly webhookGid: string;
}

/** The webhook of a reference; `webhook` is undefined if it is not in the registry. */
export interface FoundWebhook {
  readonly gid: string;
  readonly webhook: Webhook | undefined;
  readonly connection: string;
}

/** Finds a webhook in the registry by its reference. @throws NamedError WebhookNotFound for a subscription */
export async function findWebhook(
  reference: WebhookReference,
  { registry }: SubscriptionServices,
): Promise<FoundWebhook> {
  const { webhookGid: named } = reference;
  const webhook = isSubscription(named) ? await newestOf(named, registry) : await registry.findByGid(named);
  return {
    gid: webhook?.webhookGid ?? named,
    webhook,
    connection: reference.connection ?? webhook?.connection ?? 'default',
  };
}

/**
 * The same as `findWebhook`, but reliable for a webhook that was just created. The index may lag behind and miss
 * it, and a change only at Asana would make the registry wrong. So if the index misses a webhook, its target at Asana
 * decides whether it is ours.
 */
export async function findWebhookToChange(
  reference: WebhookReference,
  services: SubscriptionServices,
): Promise<FoundWebhook> {
  const found = await findWebhook(reference, services);
  if (found.webhook !== undefined) return found;
  const { data } = await services.asana(found.connection).getWebhook(found.gid, { optFields: ['target'] });
  return { ...found, webhook: await findByTarget(data.target, services) };
}

async function newestOf(
  subscription: string,
  registry: SubscriptionServices['registry'],
): Promise<ConfirmedWebhook> {
  const webhooks = (await registry.findBySubscription(subscription)).filter(isConfirmed);
  const webhook = webhooks.find(({ status }) => status !== 'deleted') ?? webhooks[0];
  if (webhook === undefined) {
    throw new NamedError(
      'WebhookNotFound',
      `There is no webhook for the subscription ${subscription}. getWebhooks shows the existing webhooks.`,
    );
  }
  return webhook;
}

/** The webhook in the registry whose target this is, or undefined if the target is not at our endpoint. */
export async function findByTarget(
  target: string | undefined,
  { registry, publicBaseUrl }: SubscriptionServices,
): Promise<Webhook | undefined> {
  const hookKey = target === undefined ? undefined : hookKeyIn(target, publicBaseUrl);
  return hookKey === undefined ? undefined : registry.find(hookKey);
}
