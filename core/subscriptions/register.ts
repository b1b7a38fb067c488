import { explainFailure } from '../diagnosing/explain-failure.ts';
import { AsanaError, NamedError } from '../errors.ts';
import { type ConfirmedHook, type Hook, newHook, registrationRetentionMs, targetOf } from '../hook.ts';
import { decryptSecret, isSameSecret, keyVersionOf } from '../hook-secret.ts';
import type { Subscription } from '../subscription.ts';
import type { AsanaOptions, CreatedWebhook } from './ports.ts';
import type { SubscriptionServices } from './services.ts';
import { type AtAsana, undoOwnRegistration } from './undo-registration.ts';

/** A hook that works, and Asana's answer to its create call, without the secret. */
export interface Registered {
  readonly hook: ConfirmedHook;
  readonly body: CreatedWebhook['body'];
}

/**
 * Asana waits 10 s for the handshake. A create call without an answer after this time is unlikely to get one.
 */
const createTimeoutMs = 25_000;

/** The part of the invocation's time that is reserved for undoing a failed create call. */
const undoReserveMs = 20_000;

/**
 * Creates a webhook at Asana for a subscription, with the subscription's generation. This is the only way in
 * which a hook comes to life. A caller that replaces a hook takes the next generation first.
 *
 * The hook is stored before Asana is called, because the handshake arrives while the call is running. The
 * secret in Asana's authenticated answer must be equal to the secret that the handshake stored. The
 * subscription is made permanent before the hook becomes active, so an active hook always has a subscription.
 *
 * If a step fails, the hook and the webhook at Asana are removed. If Asana cannot be reached for this, the hook
 * stays as `deleted`, and Asana deletes the webhook after 24 h of refused deliveries.
 *
 * @throws NamedError with a name of the contract.
 */
export async function register(
  subscription: Subscription,
  options: AsanaOptions,
  services: SubscriptionServices,
): Promise<Registered> {
  const { registry, now } = services;
  const { id, generation, connection, resource } = subscription;
  const owner = await services.owners.of(connection);
  const [baseUrl, windowClosesAt] = [services.publicBaseUrl, services.time.endsAt];
  const made = { subscription: id, generation, connection, resource, baseUrl, owner, windowClosesAt };
  const hook = newHook(made, now());
  let atAsana: AtAsana = { kind: 'nothing' };
  try {
    const added = await registry.addHook(hook, new Date(now().getTime() + registrationRetentionMs));
    if (!added) throw withdrawn();
    atAsana = { kind: 'unknown' };
    const created = await callAsana(hook, subscription, options, services);
    atAsana = { kind: 'webhook', webhookGid: created.webhookGid };
    await confirmSecret(hook, created, services);
    return { hook: await activate(hook, created.webhookGid, services), body: created.body };
  } catch (error) {
    if (error instanceof UnknownActivation) throw error;
    const undone = await undoOwnRegistration(
      hook,
      wasRefused(error) ? { kind: 'nothing' } : atAsana,
      services,
    );
    const explained = await explainFailure(error, subscription, services);
    throw undone ? explained : withRemainder(explained);
  }
}

function callAsana(
  hook: Hook,
  { filters }: Subscription,
  options: AsanaOptions,
  { asana, time }: SubscriptionServices,
): Promise<CreatedWebhook> {
  const request = {
    resource: hook.resource,
    target: targetOf(hook),
    ...(filters.length > 0 && { filters }),
  };
  return asana(hook.connection).createWebhook(request, createOptions(options, time));
}

/** The options of a create call: it ends early enough that it can be undone in the time that is left. */
export function createOptions(options: AsanaOptions, time: SubscriptionServices['time']) {
  const timeoutMs = Math.max(1, Math.min(createTimeoutMs, time.keep(undoReserveMs).leftMs()));
  return { optFields: options.optFields, optPretty: options.optPretty, timeoutMs };
}

/**
 * Compares the stored secret with the secret in Asana's answer. A person who learns the hook key can send a
 * handshake, so only Asana's own answer shows which secret is right.
 */
async function confirmSecret(
  { hookKey }: Hook,
  { secret }: CreatedWebhook,
  { registry, encryptionKeys }: SubscriptionServices,
): Promise<void> {
  const encrypted = (await registry.findHook(hookKey))?.encryptedSecret;
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

/** Makes the subscription permanent, then the hook active. */
async function activate(
  hook: Hook,
  webhookGid: string,
  { registry }: SubscriptionServices,
): Promise<ConfirmedHook> {
  if (!(await registry.keepSubscription(hook))) throw withdrawn();
  let active: Hook | undefined;
  try {
    active = await registry.transition(hook.hookKey, ['registering'], 'active', { webhookGid });
  } catch (failure) {
    // The write may have happened. An active hook may already be in use by another call, so it is not undone.
    const row = await registry.findHook(hook.hookKey).catch(() => {
      throw new UnknownActivation(failure);
    });
    if (row?.status !== 'active') throw failure;
    active = row;
  }
  if (active === undefined) throw withdrawn();
  return { ...active, webhookGid };
}

/** The registry failed while a hook became active. The hook may be in use, so nothing may be undone. */
export class UnknownActivation extends NamedError {
  constructor(cause: unknown) {
    super(
      'StorageUnavailable',
      'The registry failed while the webhook became active, so it may exist. listSubscriptions shows whether it does.',
      { cause },
    );
  }
}

function withdrawn(): NamedError {
  return new NamedError(
    'SubscriptionChanged',
    'The webhook was not created: another call deleted, paused or replaced its subscription meanwhile. listSubscriptions shows the subscriptions that exist.',
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
