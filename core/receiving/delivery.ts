import type { Clock } from '../clock.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { UnreadableEvent } from '../unreadable-event.ts';
import { isConfirmed, type Webhook } from '../webhook.ts';
import type { VerifiableWebhook, WebhookLookup } from './lookup.ts';
import type { EventLog, ReceiverRegistry } from './ports.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import { isSignedWith } from './signature.ts';
import { sortItems } from './sort-items.ts';

/** A delivery, with the exact bytes of its body. */
export interface DeliveryRequest {
  readonly hookKey: string;
  readonly body: Uint8Array;
  /** The value of `X-Hook-Signature`. */
  readonly signature: string | undefined;
  /** The time that is left until the answer must be sent. */
  readonly time: TimeBudget;
}

/** The outcome of a delivery. */
export type DeliveryOutcome =
  | {
      readonly kind: 'delivery';
      readonly webhook: Webhook;
      /** The ids of the stored events, without duplicates. */
      readonly eventIds: readonly string[];
      /** The items that cannot be stored as events, without duplicates. They are rows of the event log, too. */
      readonly unreadable: readonly Pick<UnreadableEvent, 'eventId' | 'reason'>[];
      /** The number of events that were not stored because they are older than the event log's retention. */
      readonly tooOld: number;
      /** Whether the write of `lastDeliveryAt` failed. The events are stored nevertheless. */
      readonly livenessLost: boolean;
    }
  | { readonly kind: 'heartbeat'; readonly webhook: Webhook; readonly livenessLost: boolean }
  | { readonly kind: 'unsigned-heartbeat'; readonly webhook: Webhook }
  | Refusal;

/** The services that process a delivery. */
export interface DeliveryServices {
  readonly lookup: WebhookLookup;
  readonly registry: ReceiverRegistry;
  readonly eventLog: EventLog;
  readonly now: Clock;
  /** How long the event log keeps an event. */
  readonly retentionMs: number;
}

/** The minimum time between two writes of `lastDeliveryAt` for one webhook. */
const livenessIntervalMs = 60_000;

/** An unsigned heartbeat is `{"events":[]}` with some white space. A larger unsigned body is not parsed. */
const maxUnsignedBytes = 1024;

/**
 * Verifies the signature over the exact bytes of the body, and stores the events before the delivery is
 * acknowledged.
 */
export async function takeDelivery(
  request: DeliveryRequest,
  services: DeliveryServices,
): Promise<DeliveryOutcome> {
  const { hookKey, body, signature, time } = request;
  const wasRemembered = services.lookup.remembers(hookKey);
  let known = await services.lookup.find(hookKey);
  let refusal = judge(known, body, signature);
  if (refusal !== undefined && wasRemembered) {
    // The cached webhook may be older than its confirmation or its secret. Read it once more before refusing.
    known = await services.lookup.find(hookKey, { fresh: true });
    refusal = judge(known, body, signature);
  }
  if (known === undefined) return { kind: 'refused', reason: 'unknown-webhook' };
  const { webhook } = known;
  if (refusal === 'unsigned' && isUnsignedHeartbeat(body)) return { kind: 'unsigned-heartbeat', webhook };
  if (refusal !== undefined) return { kind: 'refused', reason: refusal, webhook };
  return takeVerified(known, body, time, services);
}

/** The reason why these bytes are not a delivery of this webhook, or undefined if they are. */
function judge(
  known: VerifiableWebhook | undefined,
  body: Uint8Array,
  signature: string | undefined,
): RefusalReason | undefined {
  if (known === undefined) return 'unknown-webhook';
  if (known.webhook.status === 'deleted') return 'deleted-webhook';
  if (signature === undefined) return 'unsigned';
  if (known.secret === undefined || !isSignedWith(known.secret, body, signature)) return 'wrong-signature';
  return undefined;
}

async function takeVerified(
  known: VerifiableWebhook,
  body: Uint8Array,
  time: TimeBudget,
  services: DeliveryServices,
): Promise<DeliveryOutcome> {
  const { webhook } = known;
  const items = itemsIn(body);
  if (typeof items === 'string') return { kind: 'refused', reason: items, webhook };
  if (items.length === 0) {
    return { kind: 'heartbeat', webhook, livenessLost: !(await noteDelivery(known, services)) };
  }
  if (!isConfirmed(webhook)) {
    // Asana's answer to the create call confirms the secret. Before that, anyone who knows the hook key could have set
    // it. So refuse the delivery; Asana retries it.
    return { kind: 'refused', reason: 'not-yet-confirmed', webhook };
  }
  const { events, unreadable, tooOld } = sortItems(items, body.byteLength, webhook, services);
  const rows = [...events, ...unreadable];
  const [noted] = await Promise.all([
    noteDelivery(known, services),
    rows.length > 0 ? services.eventLog.append(rows, time) : undefined,
  ]);
  return {
    kind: 'delivery',
    webhook,
    eventIds: events.map(({ eventId }) => eventId),
    unreadable: unreadable.map(({ eventId, reason }) => ({ eventId, reason })),
    tooOld,
    livenessLost: !noted,
  };
}

/** Throws if the bytes are not UTF-8. A lenient decoder would store other text than Asana signed. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The items of a delivery, or the reason why its body is refused. An empty body, and an object without `events`, have
 * no items: a refused heartbeat would cost the webhook.
 */
function itemsIn(body: Uint8Array): readonly unknown[] | RefusalReason {
  if (body.byteLength === 0) return [];
  let delivery: unknown;
  try {
    delivery = JSON.parse(strictUtf8.decode(body));
  } catch {
    return 'not-json';
  }
  if (typeof delivery !== 'object' || delivery === null || Array.isArray(delivery)) return 'no-events-array';
  const { events } = delivery as { readonly events?: unknown };
  if (events === undefined || events === null) return [];
  return Array.isArray(events) ? events : 'no-events-array';
}

/** Whether an unsigned body is exactly a delivery without events. It comes from anyone, so other forms are refused. */
function isUnsignedHeartbeat(body: Uint8Array): boolean {
  if (body.byteLength > maxUnsignedBytes) return false;
  try {
    const { events } = JSON.parse(strictUtf8.decode(body));
    return Array.isArray(events) && events.length === 0;
  } catch {
    return false;
  }
}

/**
 * Writes `lastDeliveryAt` if the last write is long enough ago. Returns false if the write failed, which is
 * no reason to refuse a delivery.
 */
async function noteDelivery(known: VerifiableWebhook, { registry, now }: DeliveryServices): Promise<boolean> {
  const at = now();
  const last = known.lastDeliveryAt;
  if (last !== undefined && at.getTime() - last.getTime() < livenessIntervalMs) return true;
  try {
    await registry.noteDelivery(known.webhook.hookKey, at);
    known.lastDeliveryAt = at;
    return true;
  } catch {
    return false;
  }
}
