import { createHash } from 'node:crypto';
import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { WebhookFilter } from '../../contract/webhook.ts';
import { pages } from '../pages.ts';
import { type ConfirmedWebhook, isConfirmed } from '../webhook.ts';
import { type Job, runBulk } from './bulk.ts';
import { createWebhook } from './create-webhook.ts';
import { canonical, sameFilters } from './filters.ts';
import type { AsanaClient, Project, ProjectScope } from './ports.ts';
import type { SubscriptionServices } from './services.ts';
import { updateWebhook } from './update-webhook.ts';

const pageSize = 100;

/**
 * Creates a webhook on every project of a workspace or team, or on the named projects, that has none. If a
 * project has a webhook with other filters, the filters are replaced. It can be called repeatedly: finished
 * work is not repeated.
 */
export async function createWebhooks(
  {
    connection,
    filters = [],
    plan,
    requestsPerMinute,
    projects: named,
    ...scope
  }: ParametersOf<'createWebhooks'>,
  services: SubscriptionServices,
): Promise<ResultOf<'createWebhooks'>> {
  const asana = services.asana(connection, requestsPerMinute);
  const projects = named?.map((gid): Project => ({ gid })) ?? (await projectsIn(scope, asana));
  const byResource = await newestByResource(connection, services);
  const jobs = projects.map(({ gid, name }) => {
    const webhook = byResource.get(gid);
    if (webhook === undefined) return creation({ connection, resource: gid, name, filters });
    return sameFilters(webhook.filters, filters) ? undefined : replacement(webhook, name, filters);
  });
  return runBulk(jobs, { plan, requestsPerMinute }, services);
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
  // The key makes all calls create the same webhook, even if two run at once or one was killed half way.
  const hash = createHash('sha256').update(canonical(filters)).digest('base64url');
  const idempotencyKey = `bulk/${resource}/${hash}`;
  return {
    item: { resource, name, action: 'create', filters },
    run: async (services) => {
      const { registry } = await createWebhook({ connection, resource, filters, idempotencyKey }, services);
      return { subscription: registry?.subscription };
    },
  };
}

function replacement(
  webhook: ConfirmedWebhook,
  name: string | undefined,
  filters: readonly WebhookFilter[],
): Job {
  const { connection, resource, webhookGid, subscription } = webhook;
  return {
    item: { resource, name, action: 'update', subscription, filters, filtersBefore: webhook.filters },
    run: async (services) => {
      await updateWebhook({ connection, webhookGid, filters }, services);
      return { subscription };
    },
  };
}

async function newestByResource(
  connection: string,
  { registry }: SubscriptionServices,
): Promise<ReadonlyMap<string, ConfirmedWebhook>> {
  const rows = (await registry.findByConnection(connection)).filter(isConfirmed);
  const active = rows.filter(({ status }) => status === 'active');
  const oldestFirst = active.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  return new Map(oldestFirst.map((webhook) => [webhook.resource, webhook]));
}

async function projectsIn(
  scope: ProjectScope,
  asana: Pick<AsanaClient, 'projects'>,
): Promise<readonly Project[]> {
  const found: Project[] = [];
  const read = (offset: string | undefined) => asana.projects(scope, { limit: pageSize, offset });
  for await (const items of pages(read)) found.push(...items);
  return found;
}
