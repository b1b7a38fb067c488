import { NamedError } from '../errors.ts';
import { type ConfirmedWebhook, hookKeyIn, isConfirmed, isSubscription, type Webhook } from '../webhook.ts';
import type { SubscriptionServices } from './services.ts';

/** Names one webhook, by Asana's gid or by our subscription id. */
export interface WebhookReference {
  /** The connection to go by; that of the webhook where none is named. */
  readonly connection?: string;
  readonly webhookGid: string;
}

/** A webhook that was named. */
export interface FoundWebhook {
  readonly gid: string;
  readonly webhook: Webhook | undefined;
  readonly connection: string;
}

/** Finds the webhook that is named, in the registry where it is there. */
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
 * As `findWebhook`, but certain: the index may lag behind a webhook that was just created, and changing that one at
 * Asana alone would leave the registry with another truth. Its target says whether it is ours.
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
      `There is no webhook for the subscription ${subscription}: see getWebhooks for those there are.`,
    );
  }
  return webhook;
}

/** The webhook of ours that a target of Asana's leads to. */
export async function findByTarget(
  target: string | undefined,
  { registry, publicBaseUrl }: SubscriptionServices,
): Promise<Webhook | undefined> {
  const hookKey = target === undefined ? undefined : hookKeyIn(target, publicBaseUrl);
  return hookKey === undefined ? undefined : registry.find(hookKey);
}
