import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { AsanaWebhook, WebhookFilter } from '../../contract/webhook.ts';
import { AsanaError } from '../errors.ts';
import { pages } from '../pages.ts';
import type { Subscription } from '../subscription.ts';
import { type Job, runBulk } from './bulk.ts';
import { changeFilters } from './change-filters.ts';
import { createSubscription } from './create-subscription.ts';
import { sameFilters } from './filters.ts';
import { bulkHandle } from './handles.ts';
import type { AsanaClient, Project, ProjectScope } from './ports.ts';
import { secure } from './secure.ts';
import type { SubscriptionServices } from './services.ts';
import { isRefusal, listEverywhere } from './webhooks-at-asana.ts';

const pageSize = 100;

/**
 * Makes sure that every project of a workspace or team, or every named project, has a working webhook with
 * these filters. A project keeps one webhook of this operation, whose filters are replaced if they differ. A
 * webhook that somebody else created is used if its filters are the same, and is never changed. It can be
 * called repeatedly: finished work is not repeated.
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
  const standing = await standingByResource({ connection, filters }, services);
  const listed = standing.size === 0 ? new Map() : await listByGid(asana);
  const gids = await gidsOf([...standing.values()], services);
  const jobs = projects.map(({ gid: resource, name }) => {
    const subscription = standing.get(resource);
    if (subscription === undefined) return creation({ connection, resource, filters }, name);
    const webhook = listed?.get(gids.get(subscription.id) ?? '');
    return subscription.wanted === 'paused'
      ? undefined
      : repair({ subscription, filters, webhook, listed }, name);
  });
  return runBulk(jobs, { plan, requestsPerMinute }, services);
}

type Wanted = Pick<Subscription, 'connection' | 'resource' | 'filters'>;

function creation(wanted: Wanted, name: string | undefined): Job {
  const { resource, filters } = wanted;
  return {
    item: { resource, name, action: 'create', filters },
    run: async (services) => {
      const created = await createSubscription({ ...wanted, handle: bulkHandle(resource) }, {}, services);
      if (created.kind === 'taken') await secure({ ...created.subscription, filters }, {}, services);
      return { subscription: created.subscription.id };
    },
  };
}

/** What is known of a subscription that a project already has. */
interface Standing {
  readonly subscription: Subscription;
  readonly filters: readonly WebhookFilter[];
  /** Its webhook at Asana, if it is listed. */
  readonly webhook: AsanaWebhook | undefined;
  /** The webhooks at Asana by gid; undefined if Asana does not list them all. */
  readonly listed: ReadonlyMap<string, AsanaWebhook> | undefined;
}

/** The job for a project that has a subscription, or undefined if there is nothing to do. */
function repair(
  { subscription, filters, webhook, listed }: Standing,
  name: string | undefined,
): Job | undefined {
  const { id, resource } = subscription;
  const isSame = sameFilters(subscription.filters, filters);
  const isWorking =
    webhook !== undefined && webhook.active !== false && sameFilters(webhook.filters ?? [], filters);
  if (isSame && isWorking) return undefined;
  return {
    item: {
      resource,
      name,
      action: actionFor({ webhook, listed }),
      subscription: id,
      filters,
      ...(!isSame && { filtersBefore: subscription.filters }),
    },
    run: async (services) => {
      await secure({ ...subscription, filters }, {}, services);
      if (!isSame) await changeFilters(subscription, filters, services);
      return { subscription: id };
    },
  };
}

/** A webhook that is not listed is created again, after another check. If Asana does not list them, it is checked. */
function actionFor({ webhook, listed }: Pick<Standing, 'webhook' | 'listed'>): 'update' | 'create' | 'none' {
  if (webhook !== undefined) return webhook.active === false ? 'create' : 'update';
  return listed === undefined ? 'none' : 'create';
}

/**
 * The subscription of each resource that this operation works with: its own, or else another one with the same
 * filters.
 */
async function standingByResource(
  { connection, filters }: Pick<Wanted, 'connection' | 'filters'>,
  { registry }: SubscriptionServices,
): Promise<ReadonlyMap<string, Subscription>> {
  const all = (await registry.subscriptionsOf(connection)).filter(({ wanted }) => wanted !== 'off');
  const isOwn = ({ handle, resource }: Subscription) => handle === bulkHandle(resource);
  const others = all.filter((other) => !isOwn(other) && sameFilters(other.filters, filters));
  // A later entry replaces an earlier one.
  const byPreference = [
    ...others.filter(({ wanted }) => wanted === 'paused'),
    ...others.filter(({ wanted }) => wanted === 'on').reverse(),
    ...all.filter(isOwn),
  ];
  return new Map(byPreference.map((subscription) => [subscription.resource, subscription]));
}

/** The gids of the current webhooks, by subscription. */
async function gidsOf(
  subscriptions: readonly Subscription[],
  { registry }: SubscriptionServices,
): Promise<ReadonlyMap<string, string>> {
  const hooks = await registry.findHooks(subscriptions.flatMap(({ currentHook }) => currentHook ?? []));
  return new Map(
    hooks.flatMap(({ subscription, webhookGid }) =>
      webhookGid === undefined ? [] : [[subscription, webhookGid]],
    ),
  );
}

/** The webhooks that the connection sees, by gid; undefined if Asana does not list them all. */
async function listByGid(asana: AsanaClient): Promise<ReadonlyMap<string, AsanaWebhook> | undefined> {
  const optFields = [
    'active',
    'filters.resource_type',
    'filters.resource_subtype',
    'filters.action',
    'filters.fields',
  ];
  try {
    const { webhooks, refused } = await listEverywhere(asana, { optFields });
    return refused.length > 0 ? undefined : new Map(webhooks.map((webhook) => [webhook.gid, webhook]));
  } catch (error) {
    if (error instanceof AsanaError && isRefusal(error)) return undefined;
    throw error;
  }
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
