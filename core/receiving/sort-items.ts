import type { AsanaEvent } from '../../contract/events/asana-event.ts';
import { canonicalHash, writeJson } from '../canonical.ts';
import type { Clock } from '../clock.ts';
import { createdAtOf, eventIdOf, type LoggedEvent } from '../event.ts';
import type { ConfirmedHook } from '../hook.ts';
import type { UnreadableEvent, UnreadableReason } from '../unreadable-event.ts';

/** DynamoDB accepts items of up to 400 KB (service quotas). The other attributes of a row need far less than 8 KB. */
const maxEventBytes = 392 * 1024;

/**
 * An event is stored as JSON that is written again. It can be larger than the JSON that arrived, because only numbers
 * grow: `1e20,` has 5 bytes and becomes `100000000000000000000,` with 22 bytes. No number grows by a larger factor:
 * JavaScript writes at most 21 digits without an exponent, and `1e20` is the shortest JSON for so many. Texts, names
 * and brackets never grow: escapes are kept or become shorter.
 */
const maxGrowth = 5;

/**
 * Asana's events have four levels of objects and lists. The limit is far above that, and far below about 1,500, where
 * parsing or writing overflows the stack.
 */
const maxEventLevels = 500;

/** The items of a delivery, without repetitions. */
export interface SortedItems {
  readonly events: readonly LoggedEvent[];
  readonly unreadable: readonly UnreadableEvent[];
  /** The number of events that are older than the event log's retention. */
  readonly tooOld: number;
}

/**
 * Sorts the items of a delivery into events and items that cannot be stored as events. `bodyBytes` is the size of the
 * whole delivery.
 */
export function sortItems(
  items: readonly unknown[],
  bodyBytes: number,
  webhook: ConfirmedHook,
  { now, retentionMs }: { readonly now: Clock; readonly retentionMs: number },
): SortedItems {
  const origin = {
    subscription: webhook.subscription,
    connection: webhook.connection,
    webhookGid: webhook.webhookGid,
    watched: webhook.resource,
  };
  // The row of an older event may have expired, so a repeated event could not be told from a new one.
  const oldest = now().getTime() - retentionMs;
  const reasonOf = createJudge(bodyBytes);
  const events = new Map<string, LoggedEvent>();
  const unreadable = new Map<string, UnreadableEvent>();
  let tooOld = 0;
  for (const item of items) {
    const createdAt = isObject(item) ? createdAtOf(item) : undefined;
    if (createdAt !== undefined && Date.parse(createdAt) < oldest) {
      tooOld += 1;
      continue;
    }
    const reason = reasonOf(item);
    const eventId = isObject(item) ? eventIdOf(item) : canonicalHash(item);
    if (reason === undefined) {
      events.set(eventId, { ...origin, eventId, createdAt, event: item as AsanaEvent });
    } else {
      const body = reason === 'TooLarge' ? undefined : writeJson(item, maxEventBytes);
      unreadable.set(eventId, { ...origin, eventId, reason, body });
    }
  }
  return { events: [...events.values()], unreadable: [...unreadable.values()], tooOld };
}

/** Returns a function that returns why an item cannot be stored as an event, or undefined if it can. */
function createJudge(bodyBytes: number): (item: unknown) => UnreadableReason | undefined {
  // A small delivery needs no further check: each level has two brackets, and no event is larger than its delivery.
  const mayBeDeep = bodyBytes > 2 * maxEventLevels;
  const mayBeLarge = bodyBytes * maxGrowth > maxEventBytes;
  return (item) => {
    if (!isObject(item)) return 'NotAnObject';
    if (mayBeDeep && hasLevels(item, maxEventLevels + 1)) return 'TooDeep';
    return mayBeLarge && Buffer.byteLength(JSON.stringify(item)) > maxEventBytes ? 'TooLarge' : undefined;
  };
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
