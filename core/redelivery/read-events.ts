import type { AsanaEvent } from '../../contract/events/asana-event.ts';
import { NamedError } from '../errors.ts';
import type { LoggedEvent } from '../event.ts';
import { isSubscriptionId } from '../subscription.ts';
import type { EventPosition, EventReader } from './ports.ts';
import type { RedeliveryServices } from './services.ts';

/** Selects events of the event log. */
export interface EventFilter {
  /** A webhook's gid or a subscription. If absent, all subscriptions match. */
  readonly webhookGid?: string;
  /** The earliest `created_at`, inclusive. */
  readonly from?: Date;
  /** The latest `created_at`, inclusive. */
  readonly to?: Date;
  /** Gid of the event's resource. */
  readonly resource?: string;
  readonly action?: string;
}

/** The maximum number of events in one read. */
export const maxPageSize = 1_000;

/** The part of the invocation's time that is reserved for returning the result of a search. */
export const searchReserveMs = 3_000;

/** A page of matching events, and the position after it; without a position if it is the last page. */
export interface EventPage {
  readonly events: readonly LoggedEvent[];
  readonly next?: EventPosition;
}

/**
 * Reads the matching events page by page, one subscription after the other, each in order of time. Events
 * that do not match are left out after reading, so a page can be empty and not be the last page.
 */
export async function* readEvents(
  filter: EventFilter,
  { pageSize, begin }: { readonly pageSize: number; readonly begin?: EventPosition },
  services: Pick<RedeliveryServices, 'registry' | 'events'>,
): AsyncGenerator<EventPage> {
  const subscriptions = await subscriptionsOf(filter, services.registry);
  const [first, ...later] = subscriptions.filter((name) => begin === undefined || name >= begin.subscription);
  let subscription = first;
  // The position applies only to its own subscription. If that subscription is gone, the next one is read
  // from its start.
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

/** The subscriptions that a filter selects, sorted. */
export async function subscriptionsOf(
  { webhookGid }: EventFilter,
  registry: RedeliveryServices['registry'],
): Promise<readonly string[]> {
  if (webhookGid === undefined) return [...(await registry.subscriptions())].sort();
  return [await subscriptionOf(webhookGid, registry)];
}

/**
 * The subscription for a webhook's gid or a subscription id.
 *
 * @throws NamedError WebhookNotFound for a gid that is not in the registry.
 */
export async function subscriptionOf(
  named: string,
  registry: RedeliveryServices['registry'],
): Promise<string> {
  if (isSubscriptionId(named)) return named;
  const webhook = await registry.findByGid(named);
  if (webhook !== undefined) return webhook.subscription;
  throw new NamedError(
    'WebhookNotFound',
    `There is no webhook ${named} at this endpoint. getWebhooks shows the existing webhooks. You can also specify a subscription.`,
  );
}

/** Whether an event matches a filter's resource and action. */
export function isMeant(event: AsanaEvent, { resource, action }: EventFilter): boolean {
  const { gid } = (event.resource ?? {}) as { readonly gid?: unknown };
  return (resource === undefined || gid === resource) && (action === undefined || event.action === action);
}
