import { mapBounded } from '../bounded.ts';
import { type EventKey, keyOf, type LoggedEvent } from '../event.ts';
import type { EventPosition } from './ports.ts';
import { type EventFilter, isMeant, searchReserveMs, subscriptionsOf } from './read-events.ts';
import type { RedeliveryServices } from './services.ts';

/** Subscriptions whose newest events are read at once. */
const concurrentReads = 10;

/** Sorts behind the event id of any event of the same moment: event ids are base64url. */
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
 * Reads the newest events that a filter means, of all subscriptions together: the newest event of each subscription is
 * read, and the newest of these is taken, again and again.
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
  // When the time is up, a subscription that seems read to its end may not be.
  const isEnd = heads.length === 0 && !services.time.isUp(searchReserveMs);
  return isEnd ? { events } : { events, next: last ?? how.begin ?? atTheNewest };
}

/** The events of a subscription that a filter means, the newest first, behind where the page before ended. */
async function* backwards(
  subscription: string,
  filter: EventFilter,
  { begin, pageSize }: { readonly begin?: EventPosition; readonly pageSize: number },
  { events, time }: RedeliveryServices,
): AsyncGenerator<LoggedEvent> {
  let after = begin?.sortKey;
  // Of one moment and event id the page before may have listed some subscriptions and not this one.
  if (begin !== undefined && after !== undefined && subscription > begin.subscription) after += behindEveryId;
  const { from, to } = filter;
  do {
    const page = await events.page({ subscription, from, to, after, limit: pageSize, newestFirst: true });
    yield* page.events.filter(({ event }) => isMeant(event, filter));
    after = page.last;
  } while (after !== undefined && !time.isUp(searchReserveMs));
}

/** Whether an event is listed before another one: it is newer, or the same in a subscription that sorts before. */
function isBefore(one: EventKey, other: EventKey): boolean {
  return one.sortKey === other.sortKey ? one.subscription < other.subscription : one.sortKey > other.sortKey;
}
