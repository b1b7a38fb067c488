import type { Clock } from '../clock.ts';
import { type Hook, isConfirmed } from '../hook.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { UnreadableEvent } from '../unreadable-event.ts';
import type { HookLookup, VerifiableHook } from './lookup.ts';
import type { ArrivalKind, EventLog, ReceiverRegistry } from './ports.ts';
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
      readonly webhook: Hook;
      /** The ids of the stored events, without duplicates. */
      readonly eventIds: readonly string[];
      /** The items that cannot be stored as events, without duplicates. They are rows of the event log, too. */
      readonly unreadable: readonly Pick<UnreadableEvent, 'eventId' | 'reason'>[];
      /** The number of events that were not stored because they are older than the event log's retention. */
      readonly tooOld: number;
      /** Whether the write of `lastDeliveryAt` failed. The events are stored nevertheless. */
      readonly livenessLost: boolean;
    }
  | { readonly kind: 'heartbeat'; readonly webhook: Hook; readonly livenessLost: boolean }
  | { readonly kind: 'unsigned-heartbeat'; readonly webhook: Hook }
  | Refusal;

/** The services that process a delivery. */
export interface DeliveryServices {
  readonly lookup: HookLookup;
  readonly registry: ReceiverRegistry;
  readonly eventLog: EventLog;
  readonly now: Clock;
  /** How long the event log keeps an event. */
  readonly retentionMs: number;
}

/** The minimum time between two writes of the same time of arrival for one webhook. */
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
  const { hookKey, body, time } = request;
  const wasRemembered = services.lookup.remembers(hookKey);
  let known = await services.lookup.find(hookKey);
  let refusal = judge(known, request, services.now());
  if (refusal !== undefined && wasRemembered) {
    // The cached webhook may be older than its confirmation or its secret. Read it once more before refusing.
    known = await services.lookup.find(hookKey, { fresh: true });
    refusal = judge(known, request, services.now());
  }
  if (known === undefined) return { kind: 'refused', reason: 'unknown-webhook' };
  const { webhook } = known;
  if (refusal === 'unsigned' && isUnsignedHeartbeat(body)) return { kind: 'unsigned-heartbeat', webhook };
  if (refusal !== undefined) return { kind: 'refused', reason: refusal, webhook };
  return takeVerified(known, body, time, services);
}

/** The reason why these bytes are not a delivery of this webhook, or undefined if they are. */
function judge(
  known: VerifiableHook | undefined,
  { body, signature }: Pick<DeliveryRequest, 'body' | 'signature'>,
  now: Date,
): RefusalReason | undefined {
  if (known === undefined) return 'unknown-webhook';
  const { status, acceptUntil, windowClosesAt } = known.webhook;
  if (status === 'deleted' && (acceptUntil === undefined || acceptUntil <= now)) return 'deleted-webhook';
  // The call that created the webhook has died. A success would keep the webhook alive at Asana.
  if (status === 'registering' && windowClosesAt <= now) return 'registration-expired';
  if (signature === undefined) return 'unsigned';
  if (known.secret === undefined || !isSignedWith(known.secret, body, signature)) return 'wrong-signature';
  return undefined;
}

async function takeVerified(
  known: VerifiableHook,
  body: Uint8Array,
  time: TimeBudget,
  services: DeliveryServices,
): Promise<DeliveryOutcome> {
  const { webhook } = known;
  const items = itemsIn(body);
  if (typeof items === 'string') return { kind: 'refused', reason: items, webhook };
  if (items.length === 0) {
    return { kind: 'heartbeat', webhook, livenessLost: !(await noteArrival(known, 'heartbeat', services)) };
  }
  if (!isConfirmed(webhook)) {
    // Asana's answer to the create call confirms the secret. Before that, anyone who knows the hook key could have set
    // it. So refuse the delivery; Asana retries it.
    return { kind: 'refused', reason: 'not-yet-confirmed', webhook };
  }
  const { events, unreadable, tooOld } = sortItems(items, body.byteLength, webhook, services);
  const rows = [...events, ...unreadable];
  const [noted] = await Promise.all([
    noteArrival(known, 'events', services),
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
 * Writes the time of arrival if the last write is long enough ago. Returns false if the write failed, which is
 * no reason to refuse a delivery.
 */
async function noteArrival(
  known: VerifiableHook,
  kind: ArrivalKind,
  { registry, now }: DeliveryServices,
): Promise<boolean> {
  const at = now();
  const last = known.arrivals[kind];
  if (last !== undefined && at.getTime() - last.getTime() < livenessIntervalMs) return true;
  try {
    await registry.noteArrival(known.webhook.hookKey, kind, at);
    known.arrivals[kind] = at;
    return true;
  } catch {
    return false;
  }
}
