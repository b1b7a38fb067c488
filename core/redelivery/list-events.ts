import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { keyOf, type LoggedEvent } from '../event.ts';
import { detailOf } from '../publishing/bus-entry.ts';
import type { EventPosition } from './ports.ts';
import { maxPageSize, readEvents, searchReserveMs } from './read-events.ts';
import type { RedeliveryServices } from './services.ts';

type ListedEvents = ResultOf<'listEvents'>;

/** Lists events of the event log, subscription by subscription, in each by time. */
export async function listEvents(
  { limit, nextToken, ...filter }: ParametersOf<'listEvents'>,
  services: RedeliveryServices,
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
    if (found.length >= limit || services.time.isUp(searchReserveMs)) return page(found, next);
  }
  return page(found);
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
  throw new NamedError(
    'InvalidRequest',
    'The nextToken cannot be read: take it from the answer before, as it is.',
  );
}
