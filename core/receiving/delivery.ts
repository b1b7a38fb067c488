import type { AsanaEvent } from '../../contract/events/asana-event.ts';
import type { Clock } from '../clock.ts';
import { createdAtOf, eventIdOf, type LoggedEvent } from '../event.ts';
import type { TimeBudget } from '../time-budget.ts';
import { type ConfirmedWebhook, isConfirmed, type Webhook } from '../webhook.ts';
import type { VerifiableWebhook, WebhookLookup } from './lookup.ts';
import type { EventLog, ReceiverRegistry } from './ports.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import { isSignedWith } from './signature.ts';

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

/** DynamoDB accepts items of up to 400 KB (service quotas). The other attributes of a row need far less than 8 KB. */
const maxEventBytes = 392 * 1024;

/**
 * Asana's events have four levels of objects and lists. The limit is far above that, and far below about 1,500, where
 * parsing or writing overflows the stack.
 */
const maxEventLevels = 500;

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
  if (refusal === 'unsigned' && isEmptyDelivery(body)) return { kind: 'unsigned-heartbeat', webhook };
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
  const parsed = parseEvents(body);
  if (typeof parsed === 'string') return { kind: 'refused', reason: parsed, webhook };
  if (parsed.length === 0) {
    return { kind: 'heartbeat', webhook, livenessLost: !(await noteDelivery(known, services)) };
  }
  if (!isConfirmed(webhook)) {
    // Asana's answer to the create call confirms the secret. Before that, anyone who knows the hook key could have set
    // it. So refuse the delivery; Asana retries it.
    return { kind: 'refused', reason: 'not-yet-confirmed', webhook };
  }
  // An event is never larger than its body, so a body below the limit needs no check of each event.
  if (body.byteLength > maxEventBytes && parsed.some(isTooLarge)) {
    return { kind: 'refused', reason: 'event-too-large', webhook };
  }
  const { events, tooOld } = toLog(parsed, webhook, services);
  const [noted] = await Promise.all([
    noteDelivery(known, services),
    events.length > 0 ? services.eventLog.append(events, time) : undefined,
  ]);
  return {
    kind: 'delivery',
    webhook,
    eventIds: events.map(({ eventId }) => eventId),
    tooOld,
    livenessLost: !noted,
  };
}

/** Throws if the bytes are not UTF-8. A lenient decoder would store other text than Asana signed. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** The events of a delivery, or the reason why its body is refused. */
function parseEvents(body: Uint8Array): readonly AsanaEvent[] | RefusalReason {
  let parsed: unknown;
  try {
    parsed = JSON.parse(strictUtf8.decode(body));
  } catch {
    return 'not-json';
  }
  const events =
    typeof parsed === 'object' && parsed !== null && 'events' in parsed ? parsed.events : undefined;
  if (!Array.isArray(events)) return 'no-events-array';
  if (!events.every(isObject)) return 'malformed-event';
  // Each level has two brackets, so a body with fewer bytes cannot be too deep and needs no check.
  const mayBeDeep = body.byteLength > 2 * maxEventLevels;
  return mayBeDeep && events.some((event) => hasLevels(event, maxEventLevels + 1))
    ? 'malformed-event'
    : events;
}

function isObject(value: unknown): value is AsanaEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns whether a value has at least this many levels. It never reads deeper, so it cannot overflow the stack. */
function hasLevels(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 1) return true;
  for (const name in value) if (hasLevels((value as Record<string, unknown>)[name], levels - 1)) return true;
  return false;
}

function isEmptyDelivery(body: Uint8Array): boolean {
  if (body.byteLength > maxUnsignedBytes) return false;
  const parsed = parseEvents(body);
  return typeof parsed !== 'string' && parsed.length === 0;
}

function toLog(
  received: readonly AsanaEvent[],
  webhook: ConfirmedWebhook,
  { now, retentionMs }: DeliveryServices,
): { readonly events: readonly LoggedEvent[]; readonly tooOld: number } {
  // The row of an older event may have expired, so a repeated event could not be told from a new one.
  const oldest = now().getTime() - retentionMs;
  const events = new Map<string, LoggedEvent>();
  let tooOld = 0;
  for (const event of received) {
    const createdAt = createdAtOf(event);
    if (createdAt !== undefined && Date.parse(createdAt) < oldest) {
      tooOld += 1;
      continue;
    }
    const eventId = eventIdOf(event);
    events.set(eventId, {
      subscription: webhook.subscription,
      connection: webhook.connection,
      webhookGid: webhook.webhookGid,
      watched: webhook.resource,
      eventId,
      createdAt,
      event,
    });
  }
  return { events: [...events.values()], tooOld };
}

function isTooLarge(event: AsanaEvent): boolean {
  return Buffer.byteLength(JSON.stringify(event)) > maxEventBytes;
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
