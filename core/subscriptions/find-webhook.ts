import { NamedError } from '../errors.ts';
import { type Hook, hookKeyIn, isConfirmed } from '../hook.ts';
import { isSubscriptionId, type Subscription } from '../subscription.ts';
import { currentOf } from './secure.ts';
import type { SubscriptionServices } from './services.ts';

/** Names one webhook, by Asana's gid or by our subscription id. */
export interface WebhookReference {
  /** The connection to use. The default is the webhook's own connection. */
  readonly connection?: string;
  readonly webhookGid: string;
}

/** The webhook of a reference; `hook` is undefined if it is not in the registry. */
export interface FoundWebhook {
  readonly gid: string;
  readonly hook: Hook | undefined;
  readonly connection: string;
}

/**
 * Finds a webhook in the registry by its reference.
 *
 * @throws NamedError WebhookNotFound for a subscription that does not exist, or has no webhook now.
 */
export async function findWebhook(
  reference: WebhookReference,
  services: SubscriptionServices,
): Promise<FoundWebhook> {
  const { webhookGid: named } = reference;
  const hook = isSubscriptionId(named)
    ? await hookOf(named, services)
    : await services.registry.findByGid(named);
  return {
    gid: hook?.webhookGid ?? named,
    hook,
    connection: reference.connection ?? hook?.connection ?? 'default',
  };
}

/**
 * The same as `findWebhook`, for a webhook that is about to be changed. A webhook that is not in the registry
 * by its gid is looked up by its target at Asana, so that a change at Asana never misses its row.
 *
 * @throws NamedError ConnectionMismatch if the reference names another connection than the webhook's own.
 */
export async function findWebhookToChange(
  reference: WebhookReference,
  services: SubscriptionServices,
): Promise<FoundWebhook> {
  const found = await findWebhook(reference, services);
  const hook = found.hook ?? (await findAtAsana(found, services));
  if (hook === undefined) return found;
  if (reference.connection !== undefined && reference.connection !== hook.connection) {
    throw new NamedError(
      'ConnectionMismatch',
      `The webhook belongs to the connection "${hook.connection}", not to "${reference.connection}". Leave the connection out, or name its own. Nothing was changed.`,
    );
  }
  return { ...found, hook, connection: hook.connection };
}

async function findAtAsana(
  { gid, connection }: FoundWebhook,
  services: SubscriptionServices,
): Promise<Hook | undefined> {
  const { data } = await services.asana(connection).getWebhook(gid, { optFields: ['target'] });
  return findByTarget(data.target, services);
}

/** The id of the subscription that a gid or a subscription id names. @throws NamedError WebhookNotFound */
export async function subscriptionIdOf(named: string, { registry }: SubscriptionServices): Promise<string> {
  if (isSubscriptionId(named)) return named;
  const hook = await registry.findByGid(named);
  if (hook === undefined) throw notFound(`There is no webhook ${named} in the registry.`);
  return hook.subscription;
}

/** The subscription with this id, which was not deleted. @throws NamedError WebhookNotFound */
export async function findSubscription(
  id: string,
  { registry }: SubscriptionServices,
): Promise<Subscription> {
  const subscription = await registry.findSubscription(id);
  if (subscription !== undefined && subscription.wanted !== 'off') return subscription;
  throw notFound(`There is no subscription ${id}.`);
}

async function hookOf(id: string, services: SubscriptionServices): Promise<Hook> {
  const { registry } = services;
  const [subscription, hooks] = await Promise.all([registry.findSubscription(id), registry.hooksOf(id)]);
  if (subscription === undefined) throw notFound(`There is no subscription ${id}.`);
  const hook = currentOf(subscription, hooks) ?? hooks.find(isConfirmed);
  if (hook !== undefined) return hook;
  throw notFound(
    subscription.wanted === 'paused'
      ? `The subscription ${id} is paused, so it has no webhook. Resume it with updateSubscription.`
      : `The subscription ${id} has no webhook yet.`,
  );
}

function notFound(what: string): NamedError {
  return new NamedError('WebhookNotFound', `${what} listSubscriptions shows the subscriptions that exist.`);
}

/** The hook in the registry whose target this is, or undefined if the target is not at our endpoint. */
export async function findByTarget(
  target: string | undefined,
  { registry, publicBaseUrl }: SubscriptionServices,
): Promise<Hook | undefined> {
  const hookKey = target === undefined ? undefined : hookKeyIn(target, publicBaseUrl);
  return hookKey === undefined ? undefined : registry.findHook(hookKey);
}
