import { randomBytes } from 'node:crypto';
import type { WebhookFilter, WebhookStatus } from '../contract/webhook.ts';

/** One row of the registry: a webhook at our endpoint. */
export interface Webhook {
  readonly hookKey: string;
  readonly subscription: string;
  readonly connection: string;
  /** Gid of the resource whose changes Asana sends. */
  readonly resource: string;
  readonly filters: readonly WebhookFilter[];
  readonly status: WebhookStatus;
  readonly createdAt: Date;
  /** No handshake is accepted after this time. */
  readonly windowClosesAt: Date;
  /** Asana's gid of the webhook. It is known after Asana has answered the create call. */
  readonly webhookGid?: string;
  /** The hook secret, encrypted by `encryptSecret()`. */
  readonly encryptedSecret?: string;
  /** When a verified delivery last arrived. It is written at most once a minute. */
  readonly lastDeliveryAt?: Date;
}

/** A webhook that Asana has confirmed. Its gid is known. */
export type ConfirmedWebhook = Webhook & { readonly webhookGid: string };

/** Whether Asana has confirmed the webhook. */
export function isConfirmed(webhook: Webhook): webhook is ConfirmedWebhook {
  return webhook.webhookGid !== undefined;
}

/**
 * How long a handshake is accepted after the row was created. Asana sends it during the create call, so
 * minutes are ample.
 */
export const handshakeWindowMs = 10 * 60_000;

/**
 * How long the row of a deleted webhook is kept, so that its deliveries are answered with 410 and not with
 * 404.
 */
export const deletedWebhookRetentionMs = 30 * 24 * 3_600_000;

/**
 * How long the row of a create call that died half way is kept. It must be longer than the 24 h after which
 * Asana deletes a webhook without success (webhooks guide): until then deliveries may arrive, and the row
 * decides how they are answered.
 */
export const registrationRetentionMs = 48 * 3_600_000;

const hookKeyForm = /^[A-Za-z0-9_-]{22}$/;
const subscriptionForm = /^sub_[A-Za-z0-9_-]{22}$/;

/** A new hook key: 128 random bits as base64url. */
export function newHookKey(): string {
  return randomBytes(16).toString('base64url');
}

/** Whether the text has the form of a hook key, so that any other text costs no look-up. */
export function isHookKey(text: string): boolean {
  return hookKeyForm.test(text);
}

/** A new subscription id: `sub_` and 128 random bits as base64url. It does not reveal the hook key. */
export function newSubscription(): string {
  return `sub_${randomBytes(16).toString('base64url')}`;
}

/** Whether the text is a subscription id and not one of Asana's gids, which are digits. */
export function isSubscription(text: string): boolean {
  return subscriptionForm.test(text);
}

/** The target URL that is sent to Asana for a hook key. */
export function targetOf(publicBaseUrl: string, hookKey: string): string {
  return `${publicBaseUrl}/webhooks/${hookKey}`;
}

/** The hook key in a target at our endpoint, or undefined if the target is elsewhere. */
export function hookKeyIn(target: string, publicBaseUrl: string): string | undefined {
  const hookKey = target.slice(`${publicBaseUrl}/webhooks/`.length);
  return isHookKey(hookKey) && target === targetOf(publicBaseUrl, hookKey) ? hookKey : undefined;
}

/** The `registering` row with which a create call begins. */
export function newWebhook(wanted: Pick<Webhook, 'connection' | 'resource' | 'filters'>, now: Date): Webhook {
  return {
    ...wanted,
    hookKey: newHookKey(),
    subscription: newSubscription(),
    status: 'registering',
    createdAt: now,
    windowClosesAt: new Date(now.getTime() + handshakeWindowMs),
  };
}
