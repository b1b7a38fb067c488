import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { underLease } from '../lease.ts';
import type { Subscription } from '../subscription.ts';
import { createSubscription } from './create-subscription.ts';
import { factsOf, managed, pausedFacts, subscriptionFacts } from './facts.ts';
import { sameFilters } from './filters.ts';
import { exactHandle } from './handles.ts';
import { inProgress, secure } from './secure.ts';
import type { SubscriptionServices } from './services.ts';

type EnsureParameters = ParametersOf<'ensureWebhook'>;
type EnsuredBody = ResultOf<'ensureWebhook'>;

/** The time that is reserved for the work under the lease: a create call and its undo. */
const actReserveMs = 45_000;
const answerReserveMs = 2_000;

/**
 * Finds or creates a subscription, and makes sure that it has a hook that works. It can be called repeatedly
 * and concurrently: for each connection and name or resource, one caller works and the others wait.
 *
 * With a name, the subscription is found by its name, and its resource and filters become what is asked.
 * Without a name, it is found by exactly this resource and these filters. A subscription that was not found by
 * its name is never changed.
 *
 * @throws NamedError CreateInProgress if other callers do not finish in time; also the errors of `secure`.
 */
export async function ensureWebhook(
  parameters: EnsureParameters,
  services: SubscriptionServices,
): Promise<EnsuredBody> {
  const { connection, resource, name } = parameters;
  const leaseMs = Math.max(1, services.time.leftMs());
  const done = await underLease(
    `ensure/${connection}/${name ?? resource}`,
    {
      leaseMs,
      time: services.time.keep(Math.min(actReserveMs, leaseMs / 2) + answerReserveMs),
      // Without `isDone`, each caller checks for itself: another caller may have asked for other filters.
    },
    () => ensure(parameters, services),
    services,
  );
  if (done === undefined) throw inProgress();
  return done;
}

async function ensure(parameters: EnsureParameters, services: SubscriptionServices): Promise<EnsuredBody> {
  const { connection, resource, filters = [], name, ...options } = parameters;
  const siblings = (await services.registry.subscriptionsOf(connection)).filter(
    ({ wanted }) => wanted !== 'off',
  );
  const standing =
    name === undefined
      ? findExactly(siblings, resource, filters)
      : siblings.find((subscription) => subscription.name === name);
  const handle = name ?? exactHandle(resource, filters);
  const wanted = { connection, resource, filters, name, handle };
  if (standing !== undefined) return use(standing, wanted, siblings, options, services);
  const created = await createSubscription(wanted, options, services);
  if (created.kind === 'taken') return use(created.subscription, wanted, siblings, options, services);
  const others = await othersOn(resource, created.subscription, siblings, services);
  return { ...managed(created.body, created.hook), ensured: 'created', others };
}

type Wanted = Pick<Subscription, 'connection' | 'resource' | 'filters' | 'name' | 'handle'>;

async function use(
  standing: Subscription,
  { resource, filters }: Wanted,
  siblings: readonly Subscription[],
  options: Pick<EnsureParameters, 'optFields' | 'optPretty'>,
  services: SubscriptionServices,
): Promise<EnsuredBody> {
  const { registry } = services;
  const others = await othersOn(resource, standing, siblings, services);
  if (standing.wanted !== 'on') {
    const [newest] = await registry.hooksOf(standing.id);
    return {
      data: null,
      registry: newest ? factsOf(newest) : pausedFacts(standing),
      ensured: 'paused',
      others,
    };
  }
  const { body, hook, done } = await secure({ ...standing, resource, filters }, options, services);
  if (standing.resource !== resource || !sameFilters(standing.filters, filters)) {
    await registry.changeSubscription(standing.id, { resource, filters });
  }
  return { ...managed(body, hook), ensured: done, others };
}

/** The subscription with exactly this resource and these filters. One that is wanted `on` comes first. */
function findExactly(
  subscriptions: readonly Subscription[],
  resource: string,
  filters: Subscription['filters'],
): Subscription | undefined {
  const same = subscriptions.filter(
    (subscription) => subscription.resource === resource && sameFilters(subscription.filters, filters),
  );
  return same.find(({ wanted }) => wanted === 'on') ?? same[0];
}

async function othersOn(
  resource: string,
  own: Subscription,
  siblings: readonly Subscription[],
  { registry }: SubscriptionServices,
): Promise<EnsuredBody['others']> {
  const others = siblings.filter((other) => other.resource === resource && other.id !== own.id);
  const hooks = await registry.findHooks(others.flatMap(({ currentHook }) => currentHook ?? []));
  return others.map((other) =>
    subscriptionFacts(
      other,
      hooks.find(({ hookKey }) => hookKey === other.currentHook),
    ),
  );
}
