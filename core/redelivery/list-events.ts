import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { keyOf, type LoggedEvent } from '../event.ts';
import { detailOf } from '../publishing/bus-entry.ts';
import type { EventPosition } from './ports.ts';
import { type EventFilter, maxPageSize, readEvents, searchReserveMs } from './read-events.ts';
import { readNewestEvents } from './read-newest-events.ts';
import type { RedeliveryServices } from './services.ts';

type ListedEvents = ResultOf<'listEvents'>;

/** Lists events of the event log, either per subscription in order of time, or the newest first. */
export async function listEvents(
  { limit, nextToken, newestFirst, ...filter }: ParametersOf<'listEvents'>,
  services: RedeliveryServices,
): Promise<ListedEvents> {
  const begin = nextToken === undefined ? undefined : readToken(nextToken);
  // A filter that matches few of many events is read in large pages.
  const isSelective = filter.resource !== undefined || filter.action !== undefined;
  const how = { limit, begin, pageSize: isSelective ? maxPageSize : limit };
  const { events, next } = await (newestFirst ? readNewestEvents : readInOrder)(filter, how, services);
  return {
    data: events.map((event) => detailOf(event)),
    nextToken: next === undefined ? null : Buffer.from(JSON.stringify(next)).toString('base64url'),
  };
}

async function readInOrder(
  filter: EventFilter,
  how: { readonly limit: number; readonly pageSize: number; readonly begin?: EventPosition },
  services: RedeliveryServices,
): Promise<{ readonly events: readonly LoggedEvent[]; readonly next?: EventPosition }> {
  const found: LoggedEvent[] = [];
  for await (const { events, next } of readEvents(filter, how, services)) {
    const room = how.limit - found.length;
    found.push(...events.slice(0, room));
    const last = events[room - 1];
    if (events.length > room && last !== undefined) return { events: found, next: keyOf(last) };
    if (next === undefined) break;
    if (found.length >= how.limit || services.time.isUp(searchReserveMs)) return { events: found, next };
  }
  return { events: found };
}

function readToken(token: string): EventPosition {
  try {
    const { subscription, sortKey } = JSON.parse(Buffer.from(token, 'base64url').toString()) as EventPosition;
    if (typeof subscription === 'string' && ['string', 'undefined'].includes(typeof sortKey)) {
      return { subscription, sortKey };
    }
  } catch {
    // The error is thrown below.
  }
  throw new NamedError(
    'InvalidRequest',
    'The nextToken is not valid. Use the nextToken of the previous page without changes.',
  );
}
