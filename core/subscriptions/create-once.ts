import type { ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { underLease } from '../lease.ts';
import { sha256 } from '../sha256.ts';
import { newSubscriptionId, type Subscription } from '../subscription.ts';
import { timeUntil } from '../time-budget.ts';
import { createSubscription, nameTaken } from './create-subscription.ts';
import { managed } from './facts.ts';
import { canonical } from './filters.ts';
import type { AsanaOptions } from './ports.ts';
import { inProgress, secure } from './secure.ts';
import type { SubscriptionServices } from './services.ts';

type Created = ResultOf<'createWebhook'>;
type Wanted = Pick<Subscription, 'connection' | 'resource' | 'filters' | 'name' | 'handle'>;

/** How long an idempotency key is remembered. */
export const idempotencyRetentionMs = 24 * 3_600_000;

/**
 * Creates a subscription for an idempotency key, or returns the subscription that an earlier call created with
 * this key. That subscription is checked at Asana, and its webhook is created again if Asana no longer has it.
 *
 * One call works with a key at a time. After a call that died, the next call continues with its subscription.
 *
 * @throws NamedError CreateInProgress while another invocation works with the key, IdempotencyKeyReused if the
 *   key was used with other parameters; the errors of `register`.
 */
export async function createOnce(
  idempotencyKey: string,
  wanted: Wanted,
  options: AsanaOptions,
  services: SubscriptionServices,
): Promise<Created> {
  const { connection, resource, filters, name } = wanted;
  const id = sha256(JSON.stringify([connection, idempotencyKey]));
  const fingerprint = sha256(JSON.stringify([resource, canonical(filters), name ?? null]));
  const { now, time } = services;
  const created = await underLease(
    `idempotency/${id}`,
    // A caller that finds the lease held is told so at once, because the holder may need the whole time.
    { leaseMs: Math.max(1, time.leftMs()), time: timeUntil(now(), now) },
    () => createOrContinue({ id, fingerprint, wanted }, options, services),
    services,
  );
  if (created === undefined) throw inProgress();
  return created;
}

async function createOrContinue(
  { id, fingerprint, wanted }: { readonly id: string; readonly fingerprint: string; readonly wanted: Wanted },
  options: AsanaOptions,
  services: SubscriptionServices,
): Promise<Created> {
  const { registry, idempotency, now } = services;
  const record = await idempotency.find(id);
  if (record !== undefined && record.fingerprint !== fingerprint) {
    throw new NamedError(
      'IdempotencyKeyReused',
      'This idempotencyKey was used with other parameters in the last 24 hours. Choose a new key for a new webhook.',
    );
  }
  const standing = record && (await registry.findSubscription(record.subscription));
  if (standing !== undefined && standing.wanted !== 'off') {
    const { body, hook } = await secure(running(standing), options, services);
    return managed(body, hook);
  }
  const subscription = newSubscriptionId();
  const expiresAt = new Date(now().getTime() + idempotencyRetentionMs);
  await idempotency.put(id, { fingerprint, subscription, expiresAt });
  try {
    const created = await createSubscription({ ...wanted, id: subscription }, options, services);
    if (created.kind === 'taken') throw nameTaken(created.subscription);
    return managed(created.body, created.hook);
  } catch (error) {
    // Nothing is left of the failed call, so the key can be used again, also with other parameters.
    if (!(await mayExist(subscription, services))) await idempotency.remove(id).catch(() => undefined);
    throw error;
  }
}

function running(subscription: Subscription): Subscription {
  if (subscription.wanted === 'on') return subscription;
  throw new NamedError(
    'SubscriptionChanged',
    `The subscription ${subscription.id} of this idempotencyKey is paused. Resume it with updateSubscription.`,
  );
}

async function mayExist(subscription: string, { registry }: SubscriptionServices): Promise<boolean> {
  return registry.findSubscription(subscription).then(
    (found) => found !== undefined,
    () => true,
  );
}
