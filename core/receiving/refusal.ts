import type { Hook } from '../hook.ts';

/** The reason why the receiver refuses a request. It is also a metric dimension, so the list stays short. */
export type RefusalReason =
  | 'wrong-method'
  | 'body-too-large'
  | 'unknown-webhook'
  | 'deleted-webhook'
  | 'registration-expired'
  | 'malformed-secret'
  | 'handshake-window-closed'
  | 'handshake-after-confirmation'
  | 'handshake-with-another-secret'
  | 'unsigned'
  | 'wrong-signature'
  | 'not-yet-confirmed'
  | 'not-json'
  | 'no-events-array'
  | 'storage-failed'
  | 'storage-slow';

/** A request that is refused. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly webhook?: Hook;
  /** A description of the failure that may be logged. */
  readonly detail?: string;
}

/**
 * The HTTP status for a refusal. Asana treats 200 and 204 as success and retries every other status for 24 h
 * (webhooks guide, "Webhook handshake" and "Delivery"). A refusal that may succeed later is answered with
 * 5xx.
 */
export function statusOf(reason: RefusalReason): number {
  switch (reason) {
    case 'wrong-method':
      return 405;
    case 'body-too-large':
      return 413;
    case 'unknown-webhook':
      return 404;
    case 'deleted-webhook':
    case 'registration-expired':
      return 410;
    case 'malformed-secret':
    case 'not-json':
    case 'no-events-array':
      return 400;
    case 'handshake-window-closed':
    case 'handshake-after-confirmation':
    case 'handshake-with-another-secret':
      return 403;
    case 'unsigned':
    case 'wrong-signature':
      return 401;
    case 'not-yet-confirmed':
    case 'storage-failed':
    case 'storage-slow':
      return 503;
  }
}
