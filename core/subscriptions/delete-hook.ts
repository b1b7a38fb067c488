import type { AsanaBody } from '../../contract/webhook.ts';
import { NamedError } from '../errors.ts';
import { type ConfirmedHook, deletedHookRetentionMs, type Hook, isConfirmed } from '../hook.ts';
import type { AsanaOptions } from './ports.ts';
import type { SubscriptionServices } from './services.ts';
import { isNotFound, proveGone, stateUnknown } from './state-at-asana.ts';
import { undoRegistration } from './undo-registration.ts';

export interface DeleteOptions extends Pick<AsanaOptions, 'optPretty'> {
  /** Closes the hook even if it is not proven that Asana has deleted the webhook. */
  readonly force?: boolean;
}

/** How long deliveries of a hook that another hook replaces are accepted after its deletion. */
const acceptAfterMs = 3_600_000;

/**
 * Deletes a hook at Asana. From then on its deliveries are answered with 410. The hook is set to `deleting`
 * first, so that an interrupted deletion can be continued. Until Asana confirms the deletion, deliveries are
 * still accepted. A hook never goes back: after a failure it stays `deleting`, and the call can be repeated.
 *
 * @throws NamedError WebhookStateUnknown if Asana answers "not found", but this is no proof; AsanaError
 */
export async function deleteHook(
  hook: Hook,
  options: DeleteOptions,
  services: SubscriptionServices,
): Promise<AsanaBody> {
  if (hook.status === 'registering' || !isConfirmed(hook)) return abandon(hook, services);
  await services.registry.transition(hook.hookKey, ['active', 'retiring', 'deleting'], 'deleting', {});
  const body = await deleteAtAsana(hook, options, services);
  await close(hook, {}, services);
  return body;
}

/** Closes a hook of which it is proven that Asana no longer has it, and that another hook replaces. */
export async function closeLostHook(hook: Hook, services: SubscriptionServices): Promise<void> {
  const acceptUntil = new Date(services.now().getTime() + acceptAfterMs);
  await close(hook, { acceptUntil }, services);
}

async function close(
  { hookKey }: Hook,
  change: { readonly acceptUntil?: Date },
  services: SubscriptionServices,
): Promise<void> {
  const keepUntil = keepDeletedUntil(services);
  const from = ['active', 'retiring', 'deleting'] as const;
  await services.registry.transition(hookKey, from, 'deleted', { ...change, keepUntil });
}

/** When the rows of something that was deleted expire: not before its events, which are found through the rows. */
export function keepDeletedUntil({ now, eventRetentionMs }: SubscriptionServices): Date {
  return new Date(now().getTime() + Math.max(deletedHookRetentionMs, eventRetentionMs));
}

async function deleteAtAsana(
  hook: ConfirmedHook,
  { force = false, ...options }: DeleteOptions,
  services: SubscriptionServices,
): Promise<AsanaBody> {
  try {
    return await services.asana(hook.connection).deleteWebhook(hook.webhookGid, options);
  } catch (error) {
    if (!isNotFound(error)) throw hook.status === 'deleted' ? error : withState(error);
    // An earlier call has already seen that it is gone.
    if (hook.status === 'deleted') return { data: {} };
    const state = await proveGone(hook, services);
    if (state.kind === 'gone' || force) return { data: {} };
    throw stateUnknown(hook, `${state.why} Set force: true to delete the subscription nevertheless.`);
  }
}

function withState(error: unknown): unknown {
  if (error instanceof NamedError) {
    error.add('The webhook is marked for deletion, and its deliveries are still accepted. Call again.');
  }
  return error;
}

/** Deletes a hook that is not confirmed: another call is creating it, or died while it created it. */
async function abandon(hook: Hook, services: SubscriptionServices): Promise<AsanaBody> {
  if (await undoRegistration(hook, services)) return { data: {} };
  throw new NamedError(
    'WebhookStateUnknown',
    'The webhook was being created, and it could not be checked whether Asana has it. Our endpoint refuses its deliveries, and Asana deletes it after 24 hours without success. Call again to check it.',
  );
}
