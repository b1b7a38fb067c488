import { type Hook, targetOf } from '../hook.ts';
import { isSameOwner } from '../owner.ts';
import type { AsanaClient } from './ports.ts';
import type { SubscriptionServices } from './services.ts';
import { deleteIfThere, listEverywhere } from './webhooks-at-asana.ts';

/**
 * How often Asana is searched for a webhook whose create call had no answer, and the pause between searches.
 */
const searches = 3;
const searchPauseMs = 1_000;

/**
 * Deletes the webhook of a hook whose create call had no known result. Its gid is not known, so Asana's list is
 * searched for its target. A target is unique, so there is at most one.
 *
 * The hook must be closed before: no handshake is accepted, so Asana cannot create the webhook later unless it has
 * already sent its handshake.
 *
 * @returns whether it is certain that Asana has no such webhook
 */
export async function clearAtAsana(hook: Hook, services: SubscriptionServices): Promise<boolean> {
  const asana = services.asana(hook.connection);
  const row = await services.registry.findHook(hook.hookKey);
  if (row?.encryptedSecret === undefined) return true; // No handshake was answered, so Asana created no webhook.
  for (let search = 0; search < searches; search += 1) {
    if (search > 0) await services.sleep(searchPauseMs);
    const result = await searchOnce(hook, asana);
    if (result === 'deleted') return true;
    if (result === 'incomplete') return false;
  }
  return isListedFor(hook, services);
}

/** Whether the connection still belongs to the user who may have created the webhook. Asana lists it for no other user. */
async function isListedFor({ connection, owner }: Hook, { owners }: SubscriptionServices): Promise<boolean> {
  return owner !== undefined && isSameOwner(owner, await owners.of(connection)) === 'same';
}

async function searchOnce(hook: Hook, asana: AsanaClient): Promise<'deleted' | 'absent' | 'incomplete'> {
  const target = targetOf(hook);
  const { webhooks, refused } = await listEverywhere(asana, {
    resource: hook.resource,
    optFields: ['target'],
  });
  const found = webhooks.filter((webhook) => webhook.target === target);
  await Promise.all(found.map(({ gid }) => deleteIfThere(asana, gid)));
  if (found.length > 0) return 'deleted';
  return refused.length > 0 ? 'incomplete' : 'absent';
}
