import { deletedHookRetentionMs, type Hook } from '../hook.ts';
import { clearAtAsana } from './clear-at-asana.ts';
import type { SubscriptionServices } from './services.ts';
import { deleteIfThere } from './webhooks-at-asana.ts';

/** What may exist at Asana after a failed create call. */
export type AtAsana =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'webhook'; readonly webhookGid: string }
  | { readonly kind: 'unknown' };

/**
 * Undoes a registration of this invocation after a failed create call: removes the webhook at Asana, then the
 * hook. If Asana cannot be reached, the hook stays closed.
 *
 * Returns whether Asana has no webhook of this registration any more. Never throws, because the failure that
 * made the undo necessary is the one to report.
 */
export async function undoOwnRegistration(
  hook: Hook,
  atAsana: AtAsana,
  services: SubscriptionServices,
): Promise<boolean> {
  const { isClosed, isCleared } = await closeAndClear(hook, atAsana, services);
  // If the hook could not be closed, a late handshake could still be accepted. Its row expires by itself.
  if (isClosed && isCleared) await attempt(() => services.registry.removeHook(hook));
  return isCleared;
}

/**
 * Undoes the registration of another invocation, which may have died. The hook stays closed: that invocation
 * may still be running, and a repeated write of it must find the row.
 *
 * Returns whether Asana has no webhook of this registration any more. Never throws.
 */
export async function undoRegistration(hook: Hook, services: SubscriptionServices): Promise<boolean> {
  return (await closeAndClear(hook, { kind: 'unknown' }, services)).isCleared;
}

/**
 * First, the hook is set to `deleted`. From then on no handshake is accepted, so Asana cannot create a webhook
 * whose secret is not stored yet. Then a webhook that may exist at Asana is deleted. If Asana cannot be
 * reached, its deliveries are answered with 410. Asana counts these answers as failures, and deletes a webhook
 * after 24 h of failures (Asana's webhooks guide).
 *
 * A hook that became active is never undone: another call may already rely on it, or is deleting it.
 */
async function closeAndClear(
  hook: Hook,
  atAsana: AtAsana,
  services: SubscriptionServices,
): Promise<{ readonly isClosed: boolean; readonly isCleared: boolean }> {
  const { registry, now } = services;
  const keepUntil = new Date(now().getTime() + deletedHookRetentionMs);
  const closed = await attempt(() =>
    registry.transition(hook.hookKey, ['registering'], 'deleted', { keepUntil }),
  );
  if (closed.done && closed.result === undefined && (await isInUse(hook, services))) {
    return { isClosed: false, isCleared: false };
  }
  const cleared = await attempt(() => clear(hook, atAsana, services));
  return { isClosed: closed.done, isCleared: cleared.result === true };
}

async function isInUse({ hookKey }: Hook, { registry }: SubscriptionServices): Promise<boolean> {
  const { result } = await attempt(() => registry.findHook(hookKey));
  return result !== undefined && ['active', 'retiring', 'deleting'].includes(result.status);
}

async function clear(hook: Hook, atAsana: AtAsana, services: SubscriptionServices): Promise<boolean> {
  switch (atAsana.kind) {
    case 'nothing':
      return true;
    case 'webhook':
      await deleteIfThere(services.asana(hook.connection), atAsana.webhookGid);
      return true;
    case 'unknown':
      return clearAtAsana(hook, services);
  }
}

async function attempt<T>(step: () => Promise<T>): Promise<{ readonly done: boolean; readonly result?: T }> {
  try {
    return { done: true, result: await step() };
  } catch {
    return { done: false };
  }
}
