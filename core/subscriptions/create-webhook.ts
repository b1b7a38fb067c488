import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { Claim } from '../claims.ts';
import { explainFailure } from '../diagnosing/explain-failure.ts';
import { AsanaError, NamedError } from '../errors.ts';
import { decryptSecret, isSameSecret, keyVersionOf } from '../hook-secret.ts';
import {
  type ConfirmedWebhook,
  newWebhook,
  registrationRetentionMs,
  targetOf,
  type Webhook,
} from '../webhook.ts';
import { destinationOf } from './destination.ts';
import { claimIdempotencyKey } from './idempotency.ts';
import type { AsanaOptions, CreatedWebhook } from './ports.ts';
import { managed } from './registry-facts.ts';
import type { SubscriptionServices } from './services.ts';
import { type AtAsana, undoCreate } from './undo-create.ts';

type CreateParameters = ParametersOf<'createWebhook'>;
type Created = ResultOf<'createWebhook'>;

/**
 * Asana waits 10 s for the handshake. A create call without an answer after this time is unlikely to get one.
 */
const createTimeoutMs = 25_000;

/** The part of the invocation's time that is reserved for undoing a failed create call. */
const undoReserveMs = 20_000;

/**
 * Creates a webhook. The registration is stored before Asana is called, because the handshake arrives while
 * the call is running. The secret in Asana's authenticated answer must be equal to the secret that the
 * handshake stored.
 *
 * If a step fails, the row and the webhook at Asana are removed. If Asana cannot be reached for this, the row stays as
 * `deleted`, and Asana deletes the webhook after 24 h of refused deliveries (see `undo-create.ts`).
 *
 * @throws NamedError with a name of the contract.
 */
export async function createWebhook(
  parameters: CreateParameters,
  services: SubscriptionServices,
): Promise<Created> {
  const destination = destinationOf(parameters, services.publicBaseUrl);
  if (destination.kind === 'external') return createElsewhere(destination.target, parameters, services);
  const { connection, resource, filters = [], idempotencyKey } = parameters;
  const webhook = newWebhook({ connection, resource, filters }, services.now());
  if (idempotencyKey === undefined) return register(webhook, parameters, services);

  const claimed = await claimIdempotencyKey(idempotencyKey, [resource, filters], webhook, services);
  if (claimed.kind === 'done') return readBack(claimed.webhook, parameters, services);
  try {
    return await register(webhook, parameters, services);
  } catch (error) {
    await giveUp(claimed.claim, services);
    throw error;
  }
}

async function createElsewhere(
  target: string,
  { connection, resource, filters, idempotencyKey, ...options }: CreateParameters,
  services: SubscriptionServices,
): Promise<Created> {
  if (idempotencyKey !== undefined) {
    throw new NamedError(
      'InvalidRequest',
      'idempotencyKey is only for targets at our own endpoint. Leave it out: Asana itself refuses a second webhook with the same resource and external target.',
    );
  }
  const created = await services
    .asana(connection)
    .createWebhook({ resource, target, filters }, createOptions(options, services));
  return managed(created.body, undefined);
}

async function register(
  webhook: Webhook,
  { filters, ...options }: CreateParameters,
  services: SubscriptionServices,
): Promise<Created> {
  const { registry, now } = services;
  const target = targetOf(services.publicBaseUrl, webhook.hookKey);
  let atAsana: AtAsana = { kind: 'nothing' };
  try {
    await registry.add(webhook, new Date(now().getTime() + registrationRetentionMs));
    atAsana = { kind: 'unknown' };
    const created = await services
      .asana(webhook.connection)
      .createWebhook({ resource: webhook.resource, target, filters }, createOptions(options, services));
    atAsana = { kind: 'webhook', webhookGid: created.webhookGid };
    await confirmSecret(webhook, created, services);
    const isActive = await registry.activate(webhook.hookKey, created.webhookGid);
    if (!isActive) throw notConfirmed('another call removed its registration meanwhile');
    return managed(created.body, { ...webhook, status: 'active' });
  } catch (error) {
    const undone = await undoCreate(webhook, wasRefused(error) ? { kind: 'nothing' } : atAsana, services);
    const explained = await explainFailure(error, webhook, services);
    throw undone ? explained : withRemainder(explained);
  }
}

function createOptions(options: AsanaOptions, { time }: SubscriptionServices) {
  return { ...options, timeoutMs: Math.max(1, Math.min(createTimeoutMs, time.keep(undoReserveMs).leftMs())) };
}

/**
 * Compares the stored secret with the secret in Asana's answer. A person who learns the hook key can send a
 * handshake, so only Asana's own answer shows which secret is right.
 */
async function confirmSecret(
  { hookKey }: Webhook,
  { secret }: CreatedWebhook,
  { registry, encryptionKeys }: SubscriptionServices,
): Promise<void> {
  const encrypted = (await registry.find(hookKey))?.encryptedSecret;
  if (encrypted === undefined) throw notConfirmed('its handshake did not reach our endpoint');
  if (secret === undefined) throw notConfirmed("Asana's answer has no secret to compare");
  const stored = decryptSecret(encrypted, hookKey, await encryptionKeys.version(keyVersionOf(encrypted)));
  if (!isSameSecret(stored, secret)) {
    throw notConfirmed(
      "the secret of the handshake differs from Asana's, so another sender sent the handshake",
    );
  }
}

function notConfirmed(why: string): NamedError {
  return new NamedError(
    'HandshakeNotConfirmed',
    `The webhook was not created: ${why}. Check that publicBaseUrl is the address of this API and that no other server answers in its place; then call again.`,
  );
}

/** Whether Asana answered that it created nothing. */
function wasRefused(error: unknown): boolean {
  return error instanceof AsanaError && !error.mayHaveHappened;
}

function withRemainder(error: unknown): unknown {
  if (error instanceof NamedError) {
    error.add(
      'This call may have left a webhook at Asana, which could not be checked. Our endpoint refuses its deliveries, and Asana deletes it after 24 hours without success.',
    );
  }
  return error;
}

async function readBack(
  webhook: ConfirmedWebhook,
  options: AsanaOptions,
  services: SubscriptionServices,
): Promise<Created> {
  const body = await services.asana(webhook.connection).getWebhook(webhook.webhookGid, options);
  return managed(body, webhook);
}

/**
 * Releases a claim. If that fails, the claim expires with its lease; the earlier failure is the one to
 * report.
 */
async function giveUp(claim: Claim, { claims }: SubscriptionServices): Promise<void> {
  await claims.release(claim).catch(() => undefined);
}
