import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { AsanaFilter, AsanaWebhook, WebhookFilter } from '../../contract/webhook.ts';
import { AsanaError, NamedError } from '../errors.ts';
import { underLease } from '../lease.ts';
import {
  type ConfirmedWebhook,
  deletedWebhookRetentionMs,
  hookKeyIn,
  isConfirmed,
  type Webhook,
} from '../webhook.ts';
import { createWebhook } from './create-webhook.ts';
import { sameFilters } from './filters.ts';
import type { AsanaClient } from './ports.ts';
import { managed } from './registry-facts.ts';
import type { SubscriptionServices } from './services.ts';
import { updateWebhook } from './update-webhook.ts';
import { deleteIfThere, webhooksIn } from './webhooks-at-asana.ts';

type EnsureParameters = ParametersOf<'ensureWebhook'>;
type EnsuredBody = ResultOf<'ensureWebhook'>;

/** The time that is reserved for the work under the lease: a create call and its undo. */
const actReserveMs = 45_000;
const answerReserveMs = 2_000;

/**
 * Makes sure that a resource has exactly one webhook of ours with these filters. It can be called repeatedly
 * and concurrently: for each connection and resource, one caller works and the others wait.
 *
 * @throws NamedError CreateInProgress if other callers do not finish in time; also the errors of
 *   createWebhook and updateWebhook.
 */
export async function ensureWebhook(
  parameters: EnsureParameters,
  services: SubscriptionServices,
): Promise<EnsuredBody> {
  const { connection, resource } = parameters;
  const leaseMs = Math.max(1, services.time.leftMs());
  const done = await underLease(
    `ensure/${connection}/${resource}`,
    {
      leaseMs,
      time: services.time.keep(Math.min(actReserveMs, leaseMs / 2) + answerReserveMs),
      // Each caller checks for itself, because another caller may have asked for other filters.
      isDone: async () => undefined,
    },
    () => ensure(parameters, services),
    services,
  );
  if (done !== undefined) return done;
  throw new NamedError(
    'CreateInProgress',
    'Other calls of ensureWebhook for this resource did not finish in time. Call again.',
  );
}

async function ensure(parameters: EnsureParameters, services: SubscriptionServices): Promise<EnsuredBody> {
  const { connection, resource, filters = [], ...options } = parameters;
  const asana = services.asana(connection);
  const { known, unknown } = await survey(connection, resource, asana, services);
  for (const { gid } of unknown) await deleteIfThere(asana, gid);

  const [match, ...others] = sortByFilters(known, filters);
  if (match === undefined) {
    const body = await createWebhook({ connection, resource, filters, ...options }, services);
    return { ...body, ensured: unknown.length > 0 ? 'recreated' : 'created' };
  }
  for (const other of others) if (isLeftOver(other, match)) await remove(other.webhook, asana, services);
  const { webhookGid } = match.webhook;
  if (sameFilters(match.filters, filters)) {
    const body = await asana.getWebhook(webhookGid, options);
    return { ...managed(body, match.webhook), ensured: 'found' };
  }
  const body = await updateWebhook({ connection, webhookGid, filters, ...options }, services);
  return { ...body, ensured: 'updated' };
}

/** A webhook of ours that works. */
interface Candidate {
  readonly webhook: ConfirmedWebhook;
  /** The filters at Asana. */
  readonly filters: readonly AsanaFilter[];
}

/**
 * The webhooks on a resource with a target at our endpoint: those that we can verify, and those that we
 * cannot.
 */
async function survey(
  connection: string,
  resource: string,
  asana: AsanaClient,
  services: SubscriptionServices,
): Promise<{ readonly known: readonly Candidate[]; readonly unknown: readonly AsanaWebhook[] }> {
  const rows = (await services.registry.findByConnection(connection)).filter(
    (row) => row.resource === resource,
  );
  const listed = await listOn(resource, asana);
  const known: Candidate[] = [];
  for (const webhook of rows.filter(isWorking)) {
    const filters = await filtersAtAsana(webhook, listed, asana);
    if (filters !== undefined) known.push({ webhook, filters });
    else await noteGone(webhook, services);
  }
  // A webhook that is being created right now is left alone.
  const isUnderWay = ({ status, windowClosesAt }: Webhook) =>
    status === 'registering' && windowClosesAt > services.now();
  const spared = new Set(
    rows.filter((row) => isWorking(row) || isUnderWay(row)).map(({ hookKey }) => hookKey),
  );
  const unknown = listed.filter(({ target = '' }) => {
    const hookKey = hookKeyIn(target, services.publicBaseUrl);
    return hookKey !== undefined && !spared.has(hookKey);
  });
  return { known, unknown };
}

function isWorking(webhook: Webhook): webhook is ConfirmedWebhook {
  return webhook.status === 'active' && isConfirmed(webhook) && webhook.encryptedSecret !== undefined;
}

async function listOn(resource: string, asana: AsanaClient): Promise<readonly AsanaWebhook[]> {
  const optFields = [
    'target',
    'filters.resource_type',
    'filters.resource_subtype',
    'filters.action',
    'filters.fields',
  ];
  const found: AsanaWebhook[] = [];
  for (const workspace of await asana.workspaces()) {
    for await (const webhook of webhooksIn(workspace, { resource, optFields }, asana)) found.push(webhook);
  }
  return found;
}

/**
 * The filters of a webhook at Asana, or undefined if Asana no longer has the webhook. A list may lag behind,
 * so a webhook that is not listed is read by its gid.
 */
async function filtersAtAsana(
  { webhookGid }: ConfirmedWebhook,
  listed: readonly AsanaWebhook[],
  asana: AsanaClient,
): Promise<readonly AsanaFilter[] | undefined> {
  const found = listed.find(({ gid }) => gid === webhookGid);
  if (found !== undefined) return found.filters ?? [];
  try {
    const { data } = await asana.getWebhook(webhookGid, { optFields: ['filters'] });
    return data.filters ?? [];
  } catch (error) {
    if (error instanceof AsanaError && error.name === 'AsanaNotFound') return undefined;
    throw error;
  }
}

/** Sorts webhooks with these filters first, then the newest first. */
function sortByFilters(known: readonly Candidate[], filters: readonly WebhookFilter[]): readonly Candidate[] {
  const rank = ({ filters: own }: Candidate) => (sameFilters(own, filters) ? 0 : 1);
  return [...known].sort(
    (a, b) => rank(a) - rank(b) || b.webhook.createdAt.getTime() - a.webhook.createdAt.getTime(),
  );
}

/** Whether another webhook has the same filters. It would only send each event a second time. */
function isLeftOver(other: Candidate, match: Candidate): boolean {
  return sameFilters(other.filters, match.filters);
}

async function remove(
  webhook: ConfirmedWebhook,
  asana: AsanaClient,
  services: SubscriptionServices,
): Promise<void> {
  await services.registry.setStatus(webhook.hookKey, 'deleting');
  await deleteIfThere(asana, webhook.webhookGid);
  await noteGone(webhook, services);
}

async function noteGone({ hookKey }: Webhook, { registry, now, eventRetentionMs }: SubscriptionServices) {
  const keepMs = Math.max(deletedWebhookRetentionMs, eventRetentionMs);
  await registry.setStatus(hookKey, 'deleted', new Date(now().getTime() + keepMs));
}
