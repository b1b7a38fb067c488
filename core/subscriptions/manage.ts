import { mapBounded } from '../bounded.ts';
import { AsanaError, ManagementError } from '../errors.ts';
import {
  deletedWebhookRetentionMs,
  hookKeyIn,
  isSubscription,
  type Webhook,
  type WebhookFilter,
} from '../webhook.ts';
import type { AsanaBody, AsanaOptions } from './ports.ts';
import { factsOf, type ManagedBody, managed, type RegistryFacts } from './registry-facts.ts';
import type { ManagementServices } from './services.ts';

/** Names one webhook, by Asana's gid or by our subscription id. */
export interface WebhookReference {
  /** The connection to go by; that of the webhook where none is named. */
  readonly connection?: string;
  readonly webhookGid: string;
}

export interface GetWebhooksParameters extends AsanaOptions {
  readonly connection: string;
  readonly workspace: string;
  readonly resource?: string;
  readonly limit?: number;
  readonly offset?: string;
  /** Follows `next_page` to the end. */
  readonly all?: boolean;
}

/** Asana's page with our own facts by gid, for those of its webhooks that are at our endpoint. */
export type ManagedPage = AsanaBody & { readonly registry: Readonly<Record<string, RegistryFacts>> };

/** The largest page that Asana gives (OpenAPI description, parameter `limit`). */
const maxPageSize = 100;

/** Look-ups of a page's webhooks that are under way at once. */
const concurrentLookups = 10;

/** Reads one webhook at Asana. */
export async function getWebhook(
  reference: WebhookReference & AsanaOptions,
  services: ManagementServices,
): Promise<ManagedBody> {
  const { gid, webhook, connection } = await find(reference, services);
  const body = await services.asana(connection).getWebhook(gid, reference);
  return managed(body, webhook ?? (await findByTarget(body.data, services)));
}

/** Lists webhooks: one page as Asana gives it, or with `all` every page as one. */
export async function getWebhooks(
  parameters: GetWebhooksParameters,
  services: ManagementServices,
): Promise<ManagedPage> {
  const page = await (parameters.all ? readAllPages : readPage)(parameters, services);
  return { ...page, registry: await factsByGid(page, services) };
}

/** Replaces a webhook's filters at Asana and in the registry. */
export async function updateWebhook(
  reference: WebhookReference & AsanaOptions & { readonly filters: readonly WebhookFilter[] },
  services: ManagementServices,
): Promise<ManagedBody> {
  const { filters } = reference;
  const { gid, webhook, connection } = await findToChange(reference, services);
  const body = await services.asana(connection).updateWebhook(gid, { filters }, reference);
  if (webhook) await services.registry.setFilters(webhook.hookKey, filters);
  return managed(body, webhook);
}

/**
 * Deletes a webhook at Asana, and answers its deliveries with 410 from then on. The row says `deleting` first,
 * so that an interrupted deletion is known as one; until Asana confirms, deliveries are still taken. A webhook
 * of ours that is gone at Asana already counts as deleted.
 */
export async function deleteWebhook(
  reference: WebhookReference & Pick<AsanaOptions, 'optPretty'>,
  services: ManagementServices,
): Promise<ManagedBody> {
  const { gid, webhook, connection } = await findToChange(reference, services);
  const asana = services.asana(connection);
  if (webhook === undefined) return managed(await asana.deleteWebhook(gid, reference), undefined);
  const { registry, now, eventRetentionMs } = services;
  await registry.setStatus(webhook.hookKey, 'deleting');
  const body = await deleteAtAsana(() => asana.deleteWebhook(gid, reference), webhook, services);
  // As long as there are events of it, so that these are found by its row.
  const keepMs = Math.max(deletedWebhookRetentionMs, eventRetentionMs);
  await registry.setStatus(webhook.hookKey, 'deleted', new Date(now().getTime() + keepMs));
  return managed(body, { ...webhook, status: 'deleted' });
}

async function deleteAtAsana(
  call: () => Promise<AsanaBody>,
  webhook: Webhook,
  { registry }: ManagementServices,
): Promise<AsanaBody> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AsanaError)) throw error;
    if (error.name === 'AsanaNotFound') return { data: {} };
    // Asana said no, so the webhook lives on. Without a clear answer the row stays `deleting`.
    if (!error.mayHaveHappened) await registry.setStatus(webhook.hookKey, 'active');
    throw error;
  }
}

interface Found {
  readonly gid: string;
  readonly webhook: Webhook | undefined;
  readonly connection: string;
}

async function find(reference: WebhookReference, { registry }: ManagementServices): Promise<Found> {
  const { webhookGid: named } = reference;
  const webhook = isSubscription(named) ? await newestOf(named, registry) : await registry.findByGid(named);
  return {
    gid: webhook?.webhookGid ?? named,
    webhook,
    connection: reference.connection ?? webhook?.connection ?? 'default',
  };
}

/**
 * As `find`, but certain: the index may lag behind a webhook that was just created, and changing that one at
 * Asana alone would leave the registry with another truth. Its target says whether it is ours.
 */
async function findToChange(reference: WebhookReference, services: ManagementServices): Promise<Found> {
  const found = await find(reference, services);
  if (found.webhook !== undefined) return found;
  const { data } = await services.asana(found.connection).getWebhook(found.gid, { optFields: ['target'] });
  return { ...found, webhook: await findByTarget(data, services) };
}

async function newestOf(
  subscription: string,
  registry: ManagementServices['registry'],
): Promise<Webhook & { readonly webhookGid: string }> {
  const webhooks = (await registry.findBySubscription(subscription)).filter(hasGid);
  const webhook = webhooks.find(({ status }) => status !== 'deleted') ?? webhooks[0];
  if (webhook === undefined) {
    throw new ManagementError(
      'WebhookNotFound',
      `There is no webhook for the subscription ${subscription}: see getWebhooks for those there are.`,
    );
  }
  return webhook;
}

function hasGid(webhook: Webhook): webhook is Webhook & { readonly webhookGid: string } {
  return webhook.webhookGid !== undefined;
}

async function findByTarget(
  data: unknown,
  { registry, publicBaseUrl }: ManagementServices,
): Promise<Webhook | undefined> {
  const { target } = (data ?? {}) as { readonly target?: unknown };
  const hookKey = typeof target === 'string' ? hookKeyIn(target, publicBaseUrl) : undefined;
  return hookKey === undefined ? undefined : registry.find(hookKey);
}

function readPage(parameters: GetWebhooksParameters, services: ManagementServices): Promise<AsanaBody> {
  return services.asana(parameters.connection).getWebhooks(parameters, parameters);
}

async function readAllPages(
  parameters: GetWebhooksParameters,
  services: ManagementServices,
): Promise<AsanaBody> {
  const webhooks: unknown[] = [];
  const seen = new Set<string>();
  let { offset } = parameters;
  for (;;) {
    const page = await readPage({ ...parameters, limit: parameters.limit ?? maxPageSize, offset }, services);
    webhooks.push(...((page.data ?? []) as readonly unknown[]));
    offset = (page.next_page as { readonly offset?: string } | null | undefined)?.offset;
    if (offset === undefined) return { ...page, data: webhooks, next_page: null };
    if (seen.has(offset)) {
      throw new ManagementError('AsanaUnavailable', 'Asana sent the same page twice: call again.');
    }
    seen.add(offset);
  }
}

async function factsByGid(
  { data }: AsanaBody,
  services: ManagementServices,
): Promise<Readonly<Record<string, RegistryFacts>>> {
  const listed = (data ?? []) as readonly { readonly gid: string; readonly target?: string }[];
  const found = await mapBounded(listed, concurrentLookups, async (item) => {
    const webhook = await (item.target === undefined
      ? services.registry.findByGid(item.gid)
      : findByTarget(item, services));
    return webhook ? [[item.gid, factsOf(webhook)] as const] : [];
  });
  return Object.fromEntries(found.flat());
}
