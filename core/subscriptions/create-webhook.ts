import { explainFailure } from '../diagnosing/explain-failure.ts';
import { AsanaError, ManagementError } from '../errors.ts';
import { sealedWith, unseal } from '../hook-secret.ts';
import { isSameSecret } from '../receiving/signature.ts';
import {
  newWebhook,
  registrationRetentionMs,
  targetOf,
  type Webhook,
  type WebhookFilter,
} from '../webhook.ts';
import { isElsewhere } from './destination.ts';
import { claimIdempotencyKey } from './idempotency.ts';
import type { AsanaOptions, CreatedWebhook, IdempotencyClaim } from './ports.ts';
import { type ManagedBody, managed } from './registry-facts.ts';
import type { ManagementServices } from './services.ts';
import { type AtAsana, undoCreate } from './undo-create.ts';

export interface CreateWebhookParameters extends AsanaOptions {
  readonly connection: string;
  readonly resource: string;
  readonly filters?: readonly WebhookFilter[];
  /** Leave it out: the address at our endpoint is made here. Another endpoint takes `external`. */
  readonly target?: string;
  /** Says that `target` is somebody else's endpoint, which answers the handshake itself. */
  readonly external?: boolean;
  /** Calls with the same key within 24 hours make one webhook. */
  readonly idempotencyKey?: string;
}

/** Asana waits 10 s for the handshake; a create call without an answer after this time will hardly get one. */
const createTimeoutMs = 25_000;

/** What is kept of the invocation for taking a failed create call back. */
const undoReserveMs = 20_000;

/**
 * Creates a webhook. The registration stands before Asana is called, since the handshake arrives while the
 * call is in flight; the secret in Asana's authenticated answer must be the one that the handshake stored.
 *
 * A failure at any step leaves neither a row nor a webhook at Asana.
 *
 * @throws ManagementError by the names in errors.ts.
 */
export async function createWebhook(
  parameters: CreateWebhookParameters,
  services: ManagementServices,
): Promise<ManagedBody> {
  if (isElsewhere(parameters, services.publicBaseUrl)) return createElsewhere(parameters, services);
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
  { connection, resource, target = '', filters, idempotencyKey, ...options }: CreateWebhookParameters,
  services: ManagementServices,
): Promise<ManagedBody> {
  if (idempotencyKey !== undefined) {
    throw new ManagementError(
      'InvalidRequest',
      'idempotencyKey is for our own endpoint; Asana itself refuses a second webhook with the same resource and external target: leave it out.',
    );
  }
  const created = await services
    .asana(connection)
    .createWebhook({ resource, target, filters }, createOptions(options, services));
  return managed(created.body, undefined);
}

async function register(
  webhook: Webhook,
  { filters, ...options }: CreateWebhookParameters,
  services: ManagementServices,
): Promise<ManagedBody> {
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
    if (!isActive) throw notConfirmed('its registration was withdrawn meanwhile');
    return managed(created.body, { ...webhook, status: 'active' });
  } catch (error) {
    const undone = await undoCreate(webhook, wasRefused(error) ? { kind: 'nothing' } : atAsana, services);
    const explained = await explainFailure(error, webhook, services);
    throw undone ? explained : withRemainder(explained);
  }
}

function createOptions(options: AsanaOptions, { deadline, now }: ManagementServices) {
  const leftMs = deadline.getTime() - now().getTime() - undoReserveMs;
  return {
    ...options,
    timeoutMs: Math.max(1, Math.min(createTimeoutMs, leftMs)),
  };
}

/** Anybody who learns the hook key could send a handshake; only Asana's own answer says which secret is right. */
async function confirmSecret(
  { hookKey }: Webhook,
  { secret }: CreatedWebhook,
  { registry, sealingKeys }: ManagementServices,
): Promise<void> {
  const sealed = (await registry.find(hookKey))?.sealedSecret;
  if (sealed === undefined) throw notConfirmed('its handshake did not reach our endpoint');
  if (secret === undefined) throw notConfirmed("Asana's answer has no secret to compare");
  const stored = unseal(sealed, hookKey, await sealingKeys.version(sealedWith(sealed)));
  if (!isSameSecret(stored, secret)) {
    throw notConfirmed("the handshake brought another secret than Asana's answer, so somebody else sent it");
  }
}

function notConfirmed(why: string): ManagementError {
  return new ManagementError(
    'HandshakeNotConfirmed',
    `The webhook was not created: ${why}. Check that publicBaseUrl is the address of this API and nothing in between answers for it; then call again.`,
  );
}

/** Asana answered that it did not create anything. */
function wasRefused(error: unknown): boolean {
  return error instanceof AsanaError && !error.mayHaveHappened;
}

function withRemainder(error: unknown): unknown {
  if (error instanceof Error) {
    error.message +=
      ' Whether Asana keeps a webhook of this call could not be found out: it is closed at our endpoint, and Asana deletes it after 24 hours without success.';
  }
  return error;
}

async function readBack(
  webhook: Webhook & { readonly webhookGid: string },
  options: AsanaOptions,
  services: ManagementServices,
): Promise<ManagedBody> {
  const body = await services.asana(webhook.connection).getWebhook(webhook.webhookGid, options);
  return managed(body, webhook);
}

/** A claim that cannot be given up ends with its lease; the failure before it is the one to tell. */
async function giveUp(claim: IdempotencyClaim, { claims }: ManagementServices): Promise<void> {
  await claims.release(claim).catch(() => undefined);
}
