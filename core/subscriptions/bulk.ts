import { createHash } from 'node:crypto';
import { mapBounded } from '../bounded.ts';
import { ManagementError } from '../errors.ts';
import type { Webhook, WebhookFilter } from '../webhook.ts';
import { createWebhook } from './create-webhook.ts';
import { canonical, sameFilters } from './filters.ts';
import { deleteWebhook, updateWebhook } from './manage.ts';
import type { AsanaWebhooks, ProjectScope } from './ports.ts';
import type { ManagementServices } from './services.ts';

export interface BulkOptions {
  readonly connection: string;
  /** Only says what would be done. */
  readonly plan?: boolean;
  /** How many calls Asana may get in a minute. */
  readonly requestsPerMinute: number;
}

export type CreateWebhooksParameters = BulkOptions &
  ProjectScope & { readonly filters?: readonly WebhookFilter[] };

export interface DeleteWebhooksParameters extends BulkOptions {
  /** Those on these resources; every webhook of the connection where it is absent. */
  readonly resources?: readonly string[];
}

/** What was done, or would be, about one resource. */
export interface BulkItem {
  readonly resource: string;
  readonly name?: string;
  readonly action: 'create' | 'update' | 'delete' | 'none';
  /** `waiting` in a plan, for what there was no time for, and where another call is at it. */
  readonly result: 'done' | 'failed' | 'waiting';
  readonly subscription?: string;
  readonly error?: { readonly name: string; readonly message: string };
}

export interface BulkResult {
  readonly data: {
    /**
     * - `planned`: nothing was done.
     * - `done`: everything was tried; see the items for what failed.
     * - `paused`: there is more; call again with the same parameters.
     */
    readonly status: 'planned' | 'done' | 'paused';
    readonly done: number;
    readonly failed: number;
    readonly waiting: number;
    readonly unchanged: number;
    /** Every resource about which there is something to do. */
    readonly items: readonly BulkItem[];
  };
}

interface Job {
  readonly item: Omit<BulkItem, 'result'>;
  readonly run: (services: ManagementServices) => Promise<{ readonly subscription?: string }>;
}

/** Create calls at once: each holds one of Asana's 15 writes for as long as the handshake takes. */
const concurrentJobs = 5;

/** What the last create call and taking it back may take. */
const jobReserveMs = 30_000;

const pageSize = 100;

/**
 * Creates a webhook on every project of a workspace or team that has none; where there is one with other filters,
 * they are replaced. Can be called again and again: what is done is not done twice.
 */
export async function createWebhooks(
  { connection, filters = [], plan, requestsPerMinute, ...scope }: CreateWebhooksParameters,
  services: ManagementServices,
): Promise<BulkResult> {
  const asana = services.asana(connection, requestsPerMinute);
  const projects = await projectsIn(scope, asana);
  const byResource = await newestByResource(connection, services);
  const jobs = projects.map(({ gid, name }) => {
    const webhook = byResource.get(gid);
    if (webhook === undefined) return creation({ connection, resource: gid, name, filters });
    return sameFilters(webhook.filters, filters) ? undefined : replacement(webhook, name, filters);
  });
  return run(jobs, { plan, requestsPerMinute }, services);
}

/** Deletes the webhooks of a connection, or those on some resources. Can be called again and again. */
export async function deleteWebhooks(
  { connection, resources, plan, requestsPerMinute }: DeleteWebhooksParameters,
  services: ManagementServices,
): Promise<BulkResult> {
  const rows = await services.registry.findByConnection(connection);
  const jobs = rows
    .filter(hasGid)
    .filter(({ status }) => status !== 'deleted')
    .filter(({ resource }) => resources === undefined || resources.includes(resource))
    .map(
      ({ resource, webhookGid, subscription }): Job => ({
        item: { resource, action: 'delete', subscription },
        run: async (own) => {
          await deleteWebhook({ connection, webhookGid }, own);
          return { subscription };
        },
      }),
    );
  return run(jobs, { plan, requestsPerMinute }, services);
}

function creation({
  connection,
  resource,
  name,
  filters,
}: {
  readonly connection: string;
  readonly resource: string;
  readonly name?: string;
  readonly filters: readonly WebhookFilter[];
}): Job {
  // The same webhook for whoever calls, also when two do at once or one was killed half way.
  const hash = createHash('sha256').update(canonical(filters)).digest('base64url');
  const idempotencyKey = `bulk/${resource}/${hash}`;
  return {
    item: { resource, name, action: 'create' },
    run: async (services) => {
      const { registry } = await createWebhook({ connection, resource, filters, idempotencyKey }, services);
      return { subscription: registry?.subscription };
    },
  };
}

function replacement(webhook: Known, name: string | undefined, filters: readonly WebhookFilter[]): Job {
  const { connection, resource, webhookGid, subscription } = webhook;
  return {
    item: { resource, name, action: 'update', subscription },
    run: async (services) => {
      await updateWebhook({ connection, webhookGid, filters }, services);
      return { subscription };
    },
  };
}

type Known = Webhook & { readonly webhookGid: string };

function hasGid(webhook: Webhook): webhook is Known {
  return webhook.webhookGid !== undefined;
}

async function newestByResource(
  connection: string,
  { registry }: ManagementServices,
): Promise<ReadonlyMap<string, Known>> {
  const rows = (await registry.findByConnection(connection)).filter(hasGid);
  const active = rows.filter(({ status }) => status === 'active');
  const oldestFirst = active.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  return new Map(oldestFirst.map((webhook) => [webhook.resource, webhook]));
}

async function projectsIn(
  scope: ProjectScope,
  asana: Pick<AsanaWebhooks, 'projects'>,
): Promise<readonly { readonly gid: string; readonly name?: string }[]> {
  const found: { readonly gid: string; readonly name?: string }[] = [];
  let offset: string | undefined;
  do {
    const page = await asana.projects(scope, { limit: pageSize, offset });
    found.push(...page.projects);
    offset = page.next;
  } while (offset !== undefined);
  return found;
}

async function run(
  jobs: readonly (Job | undefined)[],
  { plan, requestsPerMinute }: Pick<BulkOptions, 'plan' | 'requestsPerMinute'>,
  services: ManagementServices,
): Promise<BulkResult> {
  const toDo = jobs.filter((job) => job !== undefined);
  const unchanged = jobs.length - toDo.length;
  if (plan) {
    const items = toDo.map(({ item }) => ({ ...item, result: 'waiting' as const }));
    return summary('planned', unchanged, items);
  }
  // Every call of a job goes by the same pace.
  const own = { ...services, asana: (connection: string) => services.asana(connection, requestsPerMinute) };
  let isStopped = false;
  const items = await mapBounded(toDo, concurrentJobs, async ({ item, run: act }): Promise<BulkItem> => {
    if (isStopped || isTimeUp(services)) return { ...item, result: 'waiting' };
    try {
      return { ...item, ...(await act(own)), result: 'done' };
    } catch (error) {
      if (!(error instanceof ManagementError)) throw error;
      // Asana asks for a longer pause than the client waits for: what is done stays done.
      if (error.name === 'AsanaRateLimited') isStopped = true;
      // Another call is at it, or was and died: what it left is settled when its lease has ended.
      const isToWait = error.name === 'AsanaRateLimited' || error.name === 'CreateInProgress';
      if (isToWait) return { ...item, result: 'waiting' };
      return { ...item, result: 'failed', error: { name: error.name, message: error.message } };
    }
  });
  const isPaused = items.some(({ result }) => result === 'waiting');
  return summary(isPaused ? 'paused' : 'done', unchanged, items);
}

function isTimeUp({ now, deadline }: ManagementServices): boolean {
  return now().getTime() + jobReserveMs >= deadline.getTime();
}

function summary(
  status: BulkResult['data']['status'],
  unchanged: number,
  items: readonly BulkItem[],
): BulkResult {
  const count = (result: BulkItem['result']) => items.filter((item) => item.result === result).length;
  return {
    data: {
      status,
      done: count('done'),
      failed: count('failed'),
      waiting: count('waiting'),
      unchanged,
      items,
    },
  };
}
