import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { AsanaBody } from '../../contract/webhook.ts';
import { NamedError } from '../errors.ts';
import type { Hook } from '../hook.ts';
import { isSubscriptionId, type Subscription } from '../subscription.ts';
import { type DeleteOptions, deleteHook } from './delete-hook.ts';
import { deleteSubscription } from './delete-subscription.ts';
import { managed } from './facts.ts';
import { findWebhookToChange } from './find-webhook.ts';
import { currentOf } from './secure.ts';
import type { SubscriptionServices } from './services.ts';

type DeleteParameters = ParametersOf<'deleteWebhook'>;
type Deleted = ResultOf<'deleteWebhook'>;

/**
 * Deletes a webhook at Asana, with its subscription and every other webhook of the subscription. A webhook that
 * another webhook has replaced is deleted alone. A webhook that is not in the registry is deleted at Asana.
 *
 * @throws NamedError WebhookNotFound, ConnectionMismatch, WebhookStateUnknown; AsanaError
 */
export async function deleteWebhook(
  parameters: DeleteParameters,
  services: SubscriptionServices,
): Promise<Deleted> {
  const { connection, webhookGid, ...options } = parameters;
  if (isSubscriptionId(webhookGid)) return deleteNamed(webhookGid, connection, options, services);
  const found = await findWebhookToChange({ connection, webhookGid }, services);
  const { hook } = found;
  if (hook === undefined) {
    const { force: _, ...plain } = options;
    return managed(await services.asana(found.connection).deleteWebhook(found.gid, plain), undefined);
  }
  const known = hook.webhookGid === undefined ? { ...hook, webhookGid: found.gid } : hook;
  return managed(await deleteOne(known, options, services), { ...hook, status: 'deleted' });
}

async function deleteOne(
  hook: Hook,
  options: DeleteOptions,
  services: SubscriptionServices,
): Promise<AsanaBody> {
  const { registry } = services;
  const [subscription, hooks] = await Promise.all([
    registry.findSubscription(hook.subscription),
    registry.hooksOf(hook.subscription),
  ]);
  const current = subscription && currentOf(subscription, hooks);
  const isReplaced = current !== undefined && current.hookKey !== hook.hookKey;
  return subscription === undefined || isReplaced || hook.status === 'deleted'
    ? deleteHook(hook, options, services)
    : deleteSubscription(subscription, options, services);
}

async function deleteNamed(
  id: string,
  connection: string | undefined,
  options: DeleteOptions,
  services: SubscriptionServices,
): Promise<Deleted> {
  const { registry } = services;
  const subscription = await registry.findSubscription(id);
  if (subscription === undefined) {
    throw new NamedError(
      'WebhookNotFound',
      `There is no subscription ${id}. listSubscriptions shows the subscriptions that exist.`,
    );
  }
  checkConnection(subscription, connection);
  const [newest] = await registry.hooksOf(id);
  const body = await deleteSubscription(subscription, options, services);
  return managed(body, newest && { ...newest, status: 'deleted' });
}

function checkConnection(subscription: Subscription, connection: string | undefined): void {
  if (connection === undefined || connection === subscription.connection) return;
  throw new NamedError(
    'ConnectionMismatch',
    `The subscription belongs to the connection "${subscription.connection}", not to "${connection}". Leave the connection out, or name its own. Nothing was changed.`,
  );
}
