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
  /** After this moment no handshake is taken. */
  readonly windowClosesAt: Date;
  /** Asana's gid of the webhook, known once the create call has answered. */
  readonly webhookGid?: string;
  /** The hook secret as `encryptSecret()` left it. */
  readonly encryptedSecret?: string;
  /** When a verified delivery was last seen; written at most once a minute. */
  readonly lastDeliveryAt?: Date;
}

/** A webhook that Asana has confirmed, so that its gid is known. */
export type ConfirmedWebhook = Webhook & { readonly webhookGid: string };

/** Whether Asana has confirmed the webhook. */
export function isConfirmed(webhook: Webhook): webhook is ConfirmedWebhook {
  return webhook.webhookGid !== undefined;
}

/** How long a handshake is taken after the row was made. Asana sends it within the create call, so minutes are ample. */
export const handshakeWindowMs = 10 * 60_000;

/** How long the row of a deleted webhook is kept, so that Asana hears 410 and not 404 from it. */
export const deletedWebhookRetentionMs = 30 * 24 * 3_600_000;

/**
 * How long the row of a create call that died half way is kept: longer than the 24 h after which Asana deletes
 * a webhook without success (webhooks guide), since until then its deliveries are to be answered knowingly.
 */
export const registrationRetentionMs = 48 * 3_600_000;

const hookKeyForm = /^[A-Za-z0-9_-]{22}$/;
const subscriptionForm = /^sub_[A-Za-z0-9_-]{22}$/;

/** A new hook key: 128 random bits as base64url. */
export function newHookKey(): string {
  return randomBytes(16).toString('base64url');
}

/** Whether the text has a hook key's form, so that anything else costs no look-up. */
export function isHookKey(text: string): boolean {
  return hookKeyForm.test(text);
}

/** A new subscription id: `sub_` and 128 random bits as base64url. It says nothing about the hook key. */
export function newSubscription(): string {
  return `sub_${randomBytes(16).toString('base64url')}`;
}

/** Whether the text is a subscription id and not one of Asana's gids, which are digits. */
export function isSubscription(text: string): boolean {
  return subscriptionForm.test(text);
}

/** The address that goes to Asana for a hook key. */
export function targetOf(publicBaseUrl: string, hookKey: string): string {
  return `${publicBaseUrl}/webhooks/${hookKey}`;
}

/** The hook key in a target at our endpoint, or nothing where the target is elsewhere. */
export function hookKeyIn(target: string, publicBaseUrl: string): string | undefined {
  const hookKey = target.slice(`${publicBaseUrl}/webhooks/`.length);
  return isHookKey(hookKey) && target === targetOf(publicBaseUrl, hookKey) ? hookKey : undefined;
}

/** The registering row that a create call begins with. */
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
