import type { AsanaBody, AsanaWebhook } from '../../contract/webhook.ts';
import { NamedError } from '../errors.ts';
import { type ConfirmedHook, type Hook, isConfirmed, isUnderWay } from '../hook.ts';
import type { Subscription } from '../subscription.ts';
import { closeLostHook, deleteHook } from './delete-hook.ts';
import { sameFilters } from './filters.ts';
import type { AsanaOptions } from './ports.ts';
import { register } from './register.ts';
import type { SubscriptionServices } from './services.ts';
import { stateAtAsana, stateUnknown } from './state-at-asana.ts';
import { undoRegistration } from './undo-registration.ts';

/** A subscription's working hook, and what was done for it. */
export interface Secured {
  readonly hook: ConfirmedHook;
  readonly body: AsanaBody<AsanaWebhook>;
  readonly done: 'found' | 'updated' | 'recreated';
}

/**
 * How long a hook that Asana calls inactive is left alone. Asana's own example of a webhook that was just
 * created is inactive (OpenAPI description, createWebhook).
 */
const inactiveGraceMs = 10 * 60_000;

/** How long a subscription without a hook is left to the call that added it. Longer than any invocation. */
const startGraceMs = 60_000;

/**
 * Makes sure that a subscription, which is wanted `on`, has a hook that works: with this resource and these
 * filters. Creates a new hook if there is none, or if it is proven that Asana no longer has it, or if Asana
 * calls it inactive.
 *
 * @throws NamedError CreateInProgress while another call creates the hook, WebhookStateUnknown if Asana's
 *   answers do not prove whether the hook exists; also the errors of `register`.
 */
export async function secure(
  subscription: Subscription,
  options: AsanaOptions,
  services: SubscriptionServices,
): Promise<Secured> {
  const hooks = await services.registry.hooksOf(subscription.id);
  const current = currentOf(subscription, hooks);
  if (current === undefined) return recreate(subscription, hooks, options, services);
  const state = await stateAtAsana(current, {}, services);
  switch (state.kind) {
    case 'unknown':
      throw stateUnknown(current, state.why);
    case 'gone': {
      await closeLostHook(current, services);
      return recreate(subscription, hooks, options, services);
    }
    case 'present':
      await deleteReplaced(current, hooks, services);
      return useOrReplace({ subscription, hooks, current, webhook: state.body.data }, options, services);
  }
}

/** Deletes the hooks that the current hook replaced, if the call that replaced them died before it did. */
async function deleteReplaced(
  { generation }: ConfirmedHook,
  hooks: readonly Hook[],
  services: SubscriptionServices,
): Promise<void> {
  const replaced = hooks.filter((hook) => hook.status === 'active' && hook.generation < generation);
  for (const hook of replaced) await deleteHook(hook, {}, services);
}

/** The hook of a subscription that delivers its events. */
export function currentOf({ currentHook }: Subscription, hooks: readonly Hook[]): ConfirmedHook | undefined {
  const working = hooks.filter(isConfirmed).filter(({ status }) => status === 'active');
  return working.find(({ hookKey }) => hookKey === currentHook) ?? working[0];
}

interface Standing {
  readonly subscription: Subscription;
  readonly hooks: readonly Hook[];
  readonly current: ConfirmedHook;
  readonly webhook: AsanaWebhook;
}

async function useOrReplace(
  { subscription, hooks, current, webhook }: Standing,
  options: AsanaOptions,
  services: SubscriptionServices,
): Promise<Secured> {
  if (current.resource !== subscription.resource || isInactive(webhook, current, services.now())) {
    const replaced = await recreate(subscription, hooks, options, services);
    await deleteHook(current, {}, services);
    return replaced;
  }
  const asana = services.asana(current.connection);
  const { webhookGid } = current;
  if (!sameFilters(webhook.filters ?? [], subscription.filters)) {
    const body = await asana.updateWebhook(webhookGid, { filters: subscription.filters }, options);
    return { hook: current, body, done: 'updated' };
  }
  const body =
    options.optFields === undefined ? { data: webhook } : await asana.getWebhook(webhookGid, options);
  return { hook: current, body, done: 'found' };
}

function isInactive({ active }: AsanaWebhook, { createdAt }: Hook, now: Date): boolean {
  return active === false && now.getTime() - createdAt.getTime() >= inactiveGraceMs;
}

/** Creates the next hook of a subscription, unless another call is creating one. */
async function recreate(
  subscription: Subscription,
  hooks: readonly Hook[],
  options: AsanaOptions,
  services: SubscriptionServices,
): Promise<Secured> {
  if (isBeingCreated(subscription, hooks, services.now())) throw inProgress();
  const next = await services.registry.takeGeneration(subscription);
  if (next === undefined) throw inProgress();
  // Close the hooks of calls that died, so that they cannot become active any more.
  for (const hook of hooks.filter(({ status }) => status === 'registering')) {
    await undoRegistration(hook, services);
  }
  const { resource, filters } = subscription;
  const { hook, body } = await register({ ...next, resource, filters }, options, services);
  return { hook, body, done: 'recreated' };
}

function isBeingCreated({ createdAt, expiresAt }: Subscription, hooks: readonly Hook[], now: Date): boolean {
  // A subscription that was kept once had a hook before.
  const isPending = expiresAt !== undefined && hooks.length === 0;
  const isNew = isPending && now.getTime() - createdAt.getTime() < startGraceMs;
  return isNew || hooks.some((hook) => isUnderWay(hook, now));
}

/** The error while another call is working on the same subscription. */
export function inProgress(): NamedError {
  return new NamedError(
    'CreateInProgress',
    'Another call is creating this webhook, or an earlier call that failed is not cleaned up yet. Call again in a minute.',
  );
}
