import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { keyOf, type LoggedEvent } from '../event.ts';
import { detailOf } from '../publishing/bus-entry.ts';
import { maxPageSize, readEvents, searchReserveMs, subscriptionOf } from './read-events.ts';
import type { RedeliveryServices } from './services.ts';

/**
 * Reads one event from the event log.
 *
 * @throws NamedError EventNotFound
 */
export async function getEvent(
  { webhookGid, eventId, createdAt }: ParametersOf<'getEvent'>,
  services: RedeliveryServices,
): Promise<ResultOf<'getEvent'>> {
  const subscription = await subscriptionOf(webhookGid, services.registry);
  const event =
    createdAt === undefined
      ? await search(subscription, eventId, services)
      : await services.events.get(keyOf({ subscription, eventId, createdAt: createdAt.toISOString() }));
  if (event !== undefined) return { data: detailOf(event) };
  throw new NamedError(
    'EventNotFound',
    `There is no event ${eventId} of ${subscription} in the event log${createdAt ? ' at that time' : ''}. It may have expired.`,
  );
}

async function search(
  subscription: string,
  eventId: string,
  services: RedeliveryServices,
): Promise<LoggedEvent | undefined> {
  const pages = readEvents({ webhookGid: subscription }, { pageSize: maxPageSize }, services);
  for await (const { events } of pages) {
    const event = events.find((candidate) => candidate.eventId === eventId);
    if (event !== undefined) return event;
    if (services.time.isUp(searchReserveMs)) {
      throw new NamedError(
        'EventNotFound',
        `The event ${eventId} was not found in time, because ${subscription} has many events. Specify its createdAt, too.`,
      );
    }
  }
  return undefined;
}
