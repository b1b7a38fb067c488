import { deletedWebhookRetentionMs, targetOf, type Webhook } from '../webhook.ts';
import type { AsanaClient } from './ports.ts';
import type { SubscriptionServices } from './services.ts';
import { deleteIfThere, webhooksIn } from './webhooks-at-asana.ts';

/** What may stand at Asana after a create call that did not end well. */
export type AtAsana =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'webhook'; readonly webhookGid: string }
  | { readonly kind: 'unknown' };

/** How often Asana is asked for a webhook whose create call gave no answer, and the pause between. */
const searches = 3;
const searchPauseMs = 1_000;

/**
 * Takes back a registration, so that a failed create call leaves neither a row nor a webhook at Asana.
 *
 * First the row is closed: from then on no handshake is taken, so a webhook whose secret is not yet stored can
 * never come to be. Then what may stand at Asana is deleted, and only when nothing does is the row removed.
 * Where Asana cannot be asked, the closed row stays and answers 410, Asana counts that as failure, and deletes
 * a webhook after 24 h of failures (Asana's webhooks guide).
 *
 * Answers whether everything was taken back. Never throws: the failure that made it necessary is the one that
 * is told.
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
  if (row?.encryptedSecret === undefined) return; // No handshake was answered, so Asana made nothing.
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
