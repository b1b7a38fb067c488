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
 * Undoes a registration after a failed create call: removes the webhook at Asana, then the hook.
 *
 * First, the hook is set to `deleted`. From then on no handshake is accepted, so Asana cannot create a webhook
 * whose secret is not stored yet. Then a webhook that may exist at Asana is deleted. The hook is removed only
 * after that. If Asana cannot be reached, the hook stays, and its deliveries are answered with 410. Asana
 * counts these answers as failures, and deletes a webhook after 24 h of failures (Asana's webhooks guide).
 *
 * An active hook is never undone, because another call may already rely on it.
 *
 * Returns whether Asana has no webhook of this registration any more. Never throws, because the failure that
 * made the undo necessary is the one to report.
 */
export async function undoRegistration(
  hook: Hook,
  atAsana: AtAsana,
  services: SubscriptionServices,
): Promise<boolean> {
  const { registry, now } = services;
  const keepUntil = new Date(now().getTime() + deletedHookRetentionMs);
  const from = ['registering', 'deleting'] as const;
  const closed = await attempt(() => registry.transition(hook.hookKey, from, 'deleted', { keepUntil }));
  if (closed.done && closed.result === undefined && (await isInUse(hook, services))) return false;
  const cleared = await attempt(() => clear(hook, atAsana, services));
  // If the hook could not be closed, a late handshake could still be accepted. Its row expires by itself.
  if (cleared.result === true && closed.done) await attempt(() => registry.removeHook(hook));
  return cleared.result === true;
}

async function isInUse({ hookKey }: Hook, { registry }: SubscriptionServices): Promise<boolean> {
  const { result } = await attempt(() => registry.findHook(hookKey));
  return result?.status === 'active' || result?.status === 'retiring';
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
