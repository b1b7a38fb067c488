import { randomBytes } from 'node:crypto';
import type { WebhookStatus } from '../contract/webhook.ts';
import type { Owner } from './owner.ts';

/** One webhook at our endpoint. It serves one subscription. */
export interface Hook {
  /** The unguessable path segment of the webhook's target. */
  readonly hookKey: string;
  readonly subscription: string;
  /** Counts the hooks of a subscription from 1. A hook with a higher generation replaces the earlier hooks. */
  readonly generation: number;
  readonly connection: string;
  /** Gid of the resource whose changes Asana sends. */
  readonly resource: string;
  readonly status: WebhookStatus;
  readonly createdAt: Date;
  /**
   * When the invocation that creates the webhook ends. After this time no handshake is accepted, and a hook
   * that is still `registering` has been abandoned.
   */
  readonly windowClosesAt: Date;
  /** The base URL of its target, without a slash at the end. */
  readonly baseUrl: string;
  /** The Asana user who created the webhook. Only this user can see it at Asana. */
  readonly owner?: Owner;
  /** Asana's gid of the webhook. It is known after Asana has answered the create call. */
  readonly webhookGid?: string;
  /** The hook secret, encrypted by `encryptSecret()`. */
  readonly encryptedSecret?: string;
  /** Until then, verified deliveries are accepted although the hook was replaced and deleted. */
  readonly acceptUntil?: Date;
  /** When verified events last arrived. It is written at most once a minute. */
  readonly lastDeliveryAt?: Date;
  /** When a verified heartbeat last arrived. It is written at most once a minute. */
  readonly lastHeartbeatAt?: Date;
}

/** A hook that Asana has confirmed. Its gid is known. */
export type ConfirmedHook = Hook & { readonly webhookGid: string };

/** Whether Asana has confirmed the hook. */
export function isConfirmed(hook: Hook): hook is ConfirmedHook {
  return hook.webhookGid !== undefined;
}

/** Whether the invocation that creates the webhook may still be running. */
export function isUnderWay({ status, windowClosesAt }: Hook, now: Date): boolean {
  return status === 'registering' && windowClosesAt > now;
}

/** The statuses in the order in which a hook passes through them. A hook never goes back, and may skip some. */
const order: readonly WebhookStatus[] = ['registering', 'active', 'retiring', 'deleting', 'deleted'];

/** Whether a hook may go from one status to another. */
export function isForward(from: WebhookStatus, to: WebhookStatus): boolean {
  return order.indexOf(from) < order.indexOf(to);
}

/**
 * How long the row of a deleted hook is kept, so that its deliveries are answered with 410 and not with 404.
 */
export const deletedHookRetentionMs = 30 * 24 * 3_600_000;

/**
 * How long the row of a hook is kept whose create call died half way. It must be longer than the 24 h after
 * which Asana deletes a webhook without success (webhooks guide): until then deliveries may arrive, and the
 * row decides how they are answered.
 */
export const registrationRetentionMs = 48 * 3_600_000;

const hookKeyForm = /^[A-Za-z0-9_-]{22}$/;

/** A new hook key: 128 random bits as base64url. */
export function newHookKey(): string {
  return randomBytes(16).toString('base64url');
}

/** Whether the text has the form of a hook key, so that any other text costs no look-up. */
export function isHookKey(text: string): boolean {
  return hookKeyForm.test(text);
}

/** The target URL that is sent to Asana for a hook. */
export function targetOf({ baseUrl, hookKey }: Pick<Hook, 'baseUrl' | 'hookKey'>): string {
  return `${baseUrl}/webhooks/${hookKey}`;
}

/** The hook key in a target at our endpoint, or undefined if the target is elsewhere. */
export function hookKeyIn(target: string, baseUrl: string): string | undefined {
  const hookKey = target.slice(`${baseUrl}/webhooks/`.length);
  return isHookKey(hookKey) && target === targetOf({ baseUrl, hookKey }) ? hookKey : undefined;
}

/** The `registering` hook with which a create call begins. */
export function newHook(
  made: Pick<
    Hook,
    'subscription' | 'generation' | 'connection' | 'resource' | 'baseUrl' | 'owner' | 'windowClosesAt'
  >,
  now: Date,
): Hook {
  return { ...made, hookKey: newHookKey(), status: 'registering', createdAt: now };
}
