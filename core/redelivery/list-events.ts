import { ManagementError } from '../errors.ts';
import { keyOf, type LoggedEvent } from '../event.ts';
import { type BusDetail, detailOf } from '../publishing/bus-entry.ts';
import type { EventPosition } from './ports.ts';
import { type EventFilter, readEvents, subscriptionOf } from './read-events.ts';
import type { EventServices } from './services.ts';

export interface ListEventsParameters extends EventFilter {
  /** At most so many events. */
  readonly limit: number;
  /** Where the page before ended, as it said. */
  readonly nextToken?: string;
}

/** A page of events, in the form in which consumers get them. */
export interface ListedEvents {
  readonly data: readonly BusDetail[];
  /** To go on with; null at the end. */
  readonly nextToken: string | null;
}

export interface GetEventParameters {
  /** A webhook's gid or a subscription. */
  readonly webhookGid: string;
  readonly eventId: string;
  /** The event's `created_at`: with it the event is found at once, without it the subscription is read through. */
  readonly createdAt?: Date;
}

/** The largest number of events that are read at once. */
const maxPageSize = 1_000;

/** What is kept of the invocation, so that a search ends with an answer. */
const searchReserveMs = 3_000;

/** Lists events of the event log, subscription by subscription, in each by time. */
export async function listEvents(
  { limit, nextToken, ...filter }: ListEventsParameters,
  services: EventServices,
): Promise<ListedEvents> {
  const begin = nextToken === undefined ? undefined : readToken(nextToken);
  const found: LoggedEvent[] = [];
  // A filter that means few of many events is read in large pages.
  const isSelective = filter.resource !== undefined || filter.action !== undefined;
  const pageSize = isSelective ? maxPageSize : limit;
  for await (const { events, next } of readEvents(filter, { pageSize, begin }, services)) {
    const room = limit - found.length;
    found.push(...events.slice(0, room));
    const last = events[room - 1];
    if (events.length > room && last !== undefined) return page(found, keyOf(last));
    if (next === undefined) return page(found);
    if (found.length >= limit || isTimeUp(services)) return page(found, next);
  }
  return page(found);
}

/**
 * Reads one event.
 *
 * @throws ManagementError EventNotFound
 */
export async function getEvent(
  { webhookGid, eventId, createdAt }: GetEventParameters,
  services: EventServices,
): Promise<{ readonly data: BusDetail }> {
  const subscription = await subscriptionOf(webhookGid, services.registry);
  const event =
    createdAt === undefined
      ? await search(subscription, eventId, services)
      : await services.events.get(keyOf({ subscription, eventId, createdAt: createdAt.toISOString() }));
  if (event !== undefined) return { data: detailOf(event) };
  throw new ManagementError(
    'EventNotFound',
    `There is no event ${eventId} of ${subscription} in the event log${createdAt ? ' at that time' : ''}: it may have expired.`,
  );
}

async function search(
  subscription: string,
  eventId: string,
  services: EventServices,
): Promise<LoggedEvent | undefined> {
  const pages = readEvents({ webhookGid: subscription }, { pageSize: maxPageSize }, services);
  for await (const { events } of pages) {
    const event = events.find((candidate) => candidate.eventId === eventId);
    if (event !== undefined) return event;
    if (isTimeUp(services)) {
      throw new ManagementError(
        'EventNotFound',
        `The event ${eventId} was not found in time among the many of ${subscription}: name its createdAt as well.`,
      );
    }
  }
  return undefined;
}

function isTimeUp({ now, deadline }: EventServices): boolean {
  return now().getTime() + searchReserveMs >= deadline.getTime();
}

function page(events: readonly LoggedEvent[], next?: EventPosition): ListedEvents {
  return {
    data: events.map((event) => detailOf(event)),
    nextToken: next === undefined ? null : Buffer.from(JSON.stringify(next)).toString('base64url'),
  };
}

function readToken(token: string): EventPosition {
  try {
    const { subscription, sortKey } = JSON.parse(Buffer.from(token, 'base64url').toString()) as EventPosition;
    if (typeof subscription === 'string' && ['string', 'undefined'].includes(typeof sortKey)) {
      return { subscription, sortKey };
    }
  } catch {
    // Said below.
  }
  throw new ManagementError(
    'InvalidRequest',
    'The nextToken cannot be read: take it from the answer before, as it is.',
  );
}
