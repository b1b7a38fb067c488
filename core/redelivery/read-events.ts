import type { AsanaEvent } from '../../contract/events/asana-event.ts';
import { NamedError } from '../errors.ts';
import type { LoggedEvent } from '../event.ts';
import { isSubscription } from '../webhook.ts';
import type { EventPosition, EventReader } from './ports.ts';
import type { RedeliveryServices } from './services.ts';

/** Which events of the event log are meant. */
export interface EventFilter {
  /** A webhook's gid or a subscription; all of them where it is absent. */
  readonly webhookGid?: string;
  /** `created_at` from here on, inclusive. */
  readonly from?: Date;
  /** `created_at` up to here, inclusive. */
  readonly to?: Date;
  /** Gid of the resource that the event is of. */
  readonly resource?: string;
  readonly action?: string;
}

/** The largest number of events that are read at once. */
export const maxPageSize = 1_000;

/** What is kept of the invocation, so that a search ends with an answer. */
export const searchReserveMs = 3_000;

/** Some of the events that a filter means, and the position behind them; none where that was the end. */
export interface EventPage {
  readonly events: readonly LoggedEvent[];
  readonly next?: EventPosition;
}

/**
 * Reads the events that a filter means, page by page: subscription by subscription, in each by time. What is read
 * may be more than what is meant, so a page can be empty and not the last.
 */
export async function* readEvents(
  filter: EventFilter,
  { pageSize, begin }: { readonly pageSize: number; readonly begin?: EventPosition },
  services: Pick<RedeliveryServices, 'registry' | 'events'>,
): AsyncGenerator<EventPage> {
  const subscriptions = await subscriptionsOf(filter, services.registry);
  const [first, ...later] = subscriptions.filter((name) => begin === undefined || name >= begin.subscription);
  let subscription = first;
  // The position is of this subscription alone: it may be gone, and the next one begins at its own beginning.
  let after = first === begin?.subscription ? begin?.sortKey : undefined;
  while (subscription !== undefined) {
    const page: Awaited<ReturnType<EventReader['page']>> = await services.events.page({
      subscription,
      from: filter.from,
      to: filter.to,
      after,
      limit: pageSize,
    });
    after = page.last;
    if (after === undefined) subscription = later.shift();
    yield {
      events: page.events.filter(({ event }) => isMeant(event, filter)),
      ...(subscription !== undefined && { next: { subscription, sortKey: after } }),
    };
  }
}

/** The subscriptions whose events a filter may mean, in order. */
export async function subscriptionsOf(
  { webhookGid }: EventFilter,
  registry: RedeliveryServices['registry'],
): Promise<readonly string[]> {
  if (webhookGid === undefined) return [...(await registry.subscriptions())].sort();
  return [await subscriptionOf(webhookGid, registry)];
}

/**
 * The subscription that a webhook's gid or a subscription id names.
 *
 * @throws NamedError WebhookNotFound for a gid that the registry does not know.
 */
export async function subscriptionOf(
  named: string,
  registry: RedeliveryServices['registry'],
): Promise<string> {
  if (isSubscription(named)) return named;
  const webhook = await registry.findByGid(named);
  if (webhook !== undefined) return webhook.subscription;
  throw new NamedError(
    'WebhookNotFound',
    `There is no webhook ${named} at this endpoint: see getWebhooks for those there are, or name a subscription.`,
  );
}

/** Whether a filter means this event of a subscription that it means. */
export function isMeant(event: AsanaEvent, { resource, action }: EventFilter): boolean {
  const { gid } = (event.resource ?? {}) as { readonly gid?: unknown };
  return (resource === undefined || gid === resource) && (action === undefined || event.action === action);
}
