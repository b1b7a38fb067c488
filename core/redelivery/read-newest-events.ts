import { mapBounded } from '../bounded.ts';
import { type EventKey, keyOf, type LoggedEvent } from '../event.ts';
import type { EventPosition } from './ports.ts';
import { type EventFilter, isMeant, searchReserveMs, subscriptionsOf } from './read-events.ts';
import type { RedeliveryServices } from './services.ts';

/** The number of subscriptions that are read concurrently. */
const concurrentReads = 10;

/** Sorts after every event id of the same moment, because event ids are base64url. */
const behindEveryId = '~';

/** A position before every event. */
const atTheNewest: EventPosition = { subscription: '' };

interface Head {
  readonly key: EventKey;
  readonly event: LoggedEvent;
  /** Reads the next older event of the same subscription. */
  readonly rest: AsyncGenerator<LoggedEvent>;
}

/**
 * Reads the newest matching events of all subscriptions together. It merges the subscriptions: it reads the
 * newest event of each, returns the newest of these, and replaces it with the next event of the same
 * subscription.
 */
export async function readNewestEvents(
  filter: EventFilter,
  how: { readonly limit: number; readonly pageSize: number; readonly begin?: EventPosition },
  services: RedeliveryServices,
): Promise<{ readonly events: readonly LoggedEvent[]; readonly next?: EventPosition }> {
  const subscriptions = await subscriptionsOf(filter, services.registry);
  const advance = async (rest: AsyncGenerator<LoggedEvent>): Promise<readonly Head[]> => {
    const { value, done } = await rest.next();
    return done ? [] : [{ key: keyOf(value), event: value, rest }];
  };
  const first = await mapBounded(subscriptions, concurrentReads, (subscription) =>
    advance(backwards(subscription, filter, how, services)),
  );
  let heads = first.flat();
  const events: LoggedEvent[] = [];
  let last: EventKey | undefined;
  while (heads.length > 0 && events.length < how.limit && !services.time.isUp(searchReserveMs)) {
    const newest = heads.reduce((one, other) => (isBefore(other.key, one.key) ? other : one));
    events.push(newest.event);
    last = newest.key;
    heads = [...heads.filter((head) => head !== newest), ...(await advance(newest.rest))];
  }
  // If the time is up, a subscription may have more events although its reader has stopped.
  const isEnd = heads.length === 0 && !services.time.isUp(searchReserveMs);
  return isEnd ? { events } : { events, next: last ?? how.begin ?? atTheNewest };
}

/**
 * The matching events of a subscription, the newest first, from the position where the previous page ended.
 */
async function* backwards(
  subscription: string,
  filter: EventFilter,
  { begin, pageSize }: { readonly begin?: EventPosition; readonly pageSize: number },
  { events, time }: RedeliveryServices,
): AsyncGenerator<LoggedEvent> {
  let after = begin?.sortKey;
  // Subscriptions can have events with the same sort key. The previous page may have ended before this
  // subscription's.
  if (begin !== undefined && after !== undefined && subscription > begin.subscription) after += behindEveryId;
  const { from, to } = filter;
  do {
    const page = await events.page({ subscription, from, to, after, limit: pageSize, newestFirst: true });
    yield* page.events.filter(({ event }) => isMeant(event, filter));
    after = page.last;
  } while (after !== undefined && !time.isUp(searchReserveMs));
}

/**
 * Whether an event is listed before another event. Newer events come first, then the subscriptions in order.
 */
function isBefore(one: EventKey, other: EventKey): boolean {
  return one.sortKey === other.sortKey ? one.subscription < other.subscription : one.sortKey > other.sortKey;
}
