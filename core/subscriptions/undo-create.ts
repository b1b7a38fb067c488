import { deletedWebhookRetentionMs, targetOf, type Webhook } from '../webhook.ts';
import type { AsanaClient } from './ports.ts';
import type { SubscriptionServices } from './services.ts';
import { deleteIfThere, webhooksIn } from './webhooks-at-asana.ts';

/** What may exist at Asana after a failed create call. */
export type AtAsana =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'webhook'; readonly webhookGid: string }
  | { readonly kind: 'unknown' };

/**
 * How often Asana is searched for a webhook whose create call had no answer, and the pause between searches.
 */
const searches = 3;
const searchPauseMs = 1_000;

/**
 * Undoes a registration after a failed create call: removes the webhook at Asana, then the row.
 *
 * First, the row is set to `deleted`. From then on no handshake is accepted, so Asana cannot create a webhook
 * whose secret is not stored yet. Then a webhook that may exist at Asana is deleted. The row is removed only
 * after that. If Asana cannot be reached, the row stays, and deliveries are answered with 410. Asana counts
 * these answers as failures, and deletes a webhook after 24 h of failures (Asana's webhooks guide).
 *
 * Returns whether everything was undone. Never throws, because the failure that made the undo necessary is
 * the one to report.
 */
export async function undoCreate(
  webhook: Webhook,
  atAsana: AtAsana,
  services: SubscriptionServices,
): Promise<boolean> {
  const { registry, now } = services;
  const keepUntil = new Date(now().getTime() + deletedWebhookRetentionMs);
  const closed = await succeeds(() => registry.setStatus(webhook.hookKey, 'deleted', keepUntil));
  const cleared = await succeeds(() => clearAtAsana(webhook, atAsana, services));
  const removed = cleared && (await succeeds(() => registry.remove(webhook.hookKey)));
  return closed && removed;
}

async function succeeds(step: () => Promise<void>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch {
    return false;
  }
}

async function clearAtAsana(
  webhook: Webhook,
  atAsana: AtAsana,
  services: SubscriptionServices,
): Promise<void> {
  if (atAsana.kind === 'nothing') return;
  const asana = services.asana(webhook.connection);
  if (atAsana.kind === 'webhook') await deleteIfThere(asana, atAsana.webhookGid);
  else await findAndDelete(asana, webhook, services);
}

async function findAndDelete(
  asana: AsanaClient,
  webhook: Webhook,
  services: SubscriptionServices,
): Promise<void> {
  const row = await services.registry.find(webhook.hookKey);
  if (row?.encryptedSecret === undefined) return; // No handshake was answered, so Asana created no webhook.
  const target = targetOf(services.publicBaseUrl, webhook.hookKey);
  const workspaces = await asana.workspaces();
  for (let search = 0; search < searches; search += 1) {
    if (search > 0) await services.sleep(searchPauseMs);
    const gids = await Promise.all(
      workspaces.map((workspace) => findByTarget(asana, { workspace, resource: webhook.resource, target })),
    );
    const found = gids.filter((gid) => gid !== undefined);
    await Promise.all(found.map((gid) => deleteIfThere(asana, gid)));
    if (found.length > 0) return; // A target is unique, so there is no second one.
  }
}

async function findByTarget(
  asana: AsanaClient,
  { workspace, resource, target }: { workspace: string; resource: string; target: string },
): Promise<string | undefined> {
  for await (const webhook of webhooksIn(workspace, { resource, optFields: ['target'] }, asana)) {
    if (webhook.target === target) return webhook.gid;
  }
  return undefined;
}
