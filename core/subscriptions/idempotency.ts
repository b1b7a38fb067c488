import { createHash } from 'node:crypto';
import type { Claim } from '../claims.ts';
import { NamedError } from '../errors.ts';
import { type ConfirmedWebhook, isConfirmed, type Webhook } from '../webhook.ts';
import type { SubscriptionServices } from './services.ts';
import { undoCreate } from './undo-create.ts';

/** The result of a claim: this call may create the webhook, or the webhook already exists. */
export type Claimed =
  | { readonly kind: 'ours'; readonly claim: Claim }
  | { readonly kind: 'done'; readonly webhook: ConfirmedWebhook };

/** How long an idempotency key is remembered. */
export const idempotencyRetentionMs = 24 * 3_600_000;

/**
 * Claims an idempotency key for a webhook that is about to be created.
 *
 * The lease of a claim lasts as long as the invocation may run. If the invocation died, its claim is cleaned
 * up and taken over.
 *
 * @throws NamedError CreateInProgress while another invocation works with the key, IdempotencyKeyReused if
 *   the key was used with other parameters.
 */
export async function claimIdempotencyKey(
  idempotencyKey: string,
  parameters: unknown,
  webhook: Webhook,
  services: SubscriptionServices,
): Promise<Claimed> {
  const { claims, now, time } = services;
  const wanted: Claim = {
    id: hash([webhook.connection, idempotencyKey]),
    fingerprint: hash(parameters),
    holder: webhook.hookKey,
    leaseEndsAt: time.endsAt,
    expiresAt: new Date(now().getTime() + idempotencyRetentionMs),
  };
  const standing = await claims.claim(wanted, now());
  if (standing === undefined) return { kind: 'ours', claim: wanted };
  if (standing.fingerprint !== wanted.fingerprint) {
    throw new NamedError(
      'IdempotencyKeyReused',
      'This idempotencyKey was used with other parameters in the last 24 hours. Choose a new key for a new webhook.',
    );
  }
  return settle(standing, wanted, services);
}

async function settle(standing: Claim, wanted: Claim, services: SubscriptionServices): Promise<Claimed> {
  const { registry, claims, now } = services;
  const made = await registry.find(standing.holder);
  if (made !== undefined && isConfirmed(made) && made.status !== 'deleted') {
    return { kind: 'done', webhook: made };
  }
  if (standing.leaseEndsAt > now()) throw inProgress();
  if (made?.status === 'registering') {
    const undone = await undoCreate(made, { kind: 'unknown' }, services);
    if (!undone) throw inProgress();
  }
  const rival = await claims.claim(wanted, now(), standing);
  if (rival !== undefined) throw inProgress();
  return { kind: 'ours', claim: wanted };
}

function inProgress(): NamedError {
  return new NamedError(
    'CreateInProgress',
    'Another call with this idempotencyKey is running, or a failed call is not cleaned up yet. Call again in a minute.',
  );
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
