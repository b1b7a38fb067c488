import type { WebhookFilter } from '../../../contract/webhook.ts';
import { createWebhook } from '../../../core/subscriptions/create-webhook.ts';
import { createWebhooks } from '../../../core/subscriptions/create-webhooks.ts';
import { deleteWebhook } from '../../../core/subscriptions/delete-webhook.ts';
import { ensureWebhook } from '../../../core/subscriptions/ensure-webhook.ts';
import type { SubscriptionServices } from '../../../core/subscriptions/services.ts';
import { updateSubscription } from '../../../core/subscriptions/update-subscription.ts';
import type { Random } from '../../random.ts';
import type { World } from './world.ts';

/** What the callers of one interleaving have in common, so that they conflict. */
export interface Theme {
  readonly connections: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
}

/** The effect that a successful call promises. */
export type Effect =
  | { readonly kind: 'active'; readonly webhookGid: string }
  | { readonly kind: 'ended'; readonly subscription: string }
  | { readonly kind: 'none' };

/** One call of an operation. */
export interface Operation {
  readonly label: string;
  /** The subscription or the gid that it is asked to delete or pause. */
  readonly ends?: string | undefined;
  readonly run: (services: SubscriptionServices) => Promise<Effect>;
}

const filterSets: readonly (readonly WebhookFilter[])[] = [
  [],
  [{ resource_type: 'task', action: 'changed' }],
  [{ resource_type: 'task', action: 'added' }],
];

const bulk = { plan: false, requestsPerMinute: 150 };

/** Creations come first, because there is nothing else to do in an empty registry. */
const creations = [
  'create',
  'create named',
  'create once',
  'create once',
  'ensure',
  'ensure named',
  'ensure named',
  'bulk',
];
const changes = ['delete', 'delete', 'delete by gid', 'pause', 'pause', 'resume', 'filters'];

/** Chooses an operation. One that changes a subscription needs one in the registry. */
export function chooseOperation(random: Random, theme: Theme, world: World): Operation {
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)] as T;
  const subscription = pick([undefined, ...idsIn(world)]);
  const hook = pick([undefined, ...[...world.asana.webhooks.values()].map(({ gid }) => gid)]);
  const connection = pick(theme.connections);
  const resource = pick(theme.resources);
  const filters = pick(filterSets);
  const name = pick(theme.names);
  const wanted = { connection, resource, filters };
  const isChange = subscription !== undefined && random.chance(0.5);
  const label = pick(isChange ? changes : creations);
  const key = pick(['k1', 'k2']);
  const isNamed = random.chance(0.5);
  switch (label) {
    case 'create':
      return { label, run: async (services) => activeAt(await createWebhook(created(wanted), services)) };
    case 'create named':
      return {
        label,
        run: async (services) => activeAt(await createWebhook(created({ ...wanted, name }), services)),
      };
    case 'create once': {
      const once = { ...wanted, filters: filterSets[1], ...(isNamed && { name }), idempotencyKey: key };
      return { label, run: async (services) => activeAt(await createWebhook(created(once), services)) };
    }
    case 'ensure':
      return { label, run: async (services) => activeAt(await ensureWebhook(wanted, services)) };
    case 'ensure named':
      return { label, run: async (services) => activeAt(await ensureWebhook({ ...wanted, name }, services)) };
    case 'bulk': {
      const parameters = { connection, filters: filterSets[1], projects: [...theme.resources], ...bulk };
      return { label, run: async (services) => nothing(await createWebhooks(parameters, services)) };
    }
    case 'delete by gid': {
      const webhookGid = hook ?? subscription ?? '';
      return {
        label,
        ends: webhookGid,
        run: async (services) => nothing(await deleteWebhook({ webhookGid, force: false }, services)),
      };
    }
    case 'delete':
      return {
        label,
        ends: subscription,
        run: (services) =>
          endBy(subscription, () =>
            deleteWebhook({ webhookGid: subscription ?? '', force: false }, services),
          ),
      };
    case 'pause':
      return {
        label,
        ends: subscription,
        run: (services) =>
          endBy(subscription, () =>
            updateSubscription({ subscription: subscription ?? '', wanted: 'paused' }, services),
          ),
      };
    case 'resume':
      return {
        label,
        run: async (services) =>
          nothing(await updateSubscription({ subscription: subscription ?? '', wanted: 'on' }, services)),
      };
    default:
      return {
        label,
        run: async (services) =>
          nothing(
            await updateSubscription({ subscription: subscription ?? '', filters: [...filters] }, services),
          ),
      };
  }
}

function created(parameters: Omit<Parameters<typeof createWebhook>[0], 'external'>) {
  return { ...parameters, external: false };
}

function activeAt({ data }: { readonly data: { readonly gid: string } | null }): Effect {
  return data === null ? { kind: 'none' } : { kind: 'active', webhookGid: data.gid };
}

async function endBy(subscription: string | undefined, call: () => Promise<unknown>): Promise<Effect> {
  await call();
  return { kind: 'ended', subscription: subscription ?? '' };
}

function nothing(_: unknown): Effect {
  return { kind: 'none' };
}

function idsIn({ rows }: World): readonly string[] {
  return [...rows.values()].flatMap((row) => (row.sk?.S === 'sub' ? [row.id?.S ?? ''] : []));
}
