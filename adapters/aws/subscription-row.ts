import type { ManagedBy, WantedState } from '../../contract/subscription.ts';
import type { WebhookFilter } from '../../contract/webhook.ts';
import type { Subscription } from '../../core/subscription.ts';
import type { Row } from './registry-key.ts';
import { numberIn, textIn, texts } from './row.ts';

/** Converts a subscription to the attributes of its row. */
export function toSubscriptionRow(subscription: Subscription): Row {
  const { filters, createdAt, generation, expiresAt: _, ...plain } = subscription;
  return {
    ...texts({ ...plain, filters: JSON.stringify(filters), createdAt: createdAt.toISOString() }),
    generation: { N: String(generation) },
  };
}

/** Converts a row to a subscription. @throws Error if the row is not a subscription */
export function fromSubscriptionRow(row: Row): Subscription {
  return {
    id: textIn(row, 'id'),
    connection: textIn(row, 'connection'),
    resource: textIn(row, 'resource'),
    workspace: row.workspace?.S,
    filters: JSON.parse(textIn(row, 'filters')) as readonly WebhookFilter[],
    name: row.name?.S,
    handle: row.handle?.S,
    managedBy: textIn(row, 'managedBy') as ManagedBy,
    wanted: textIn(row, 'wanted') as WantedState,
    generation: numberIn(row, 'generation'),
    currentHook: row.currentHook?.S,
    createdAt: new Date(textIn(row, 'createdAt')),
    ...(row.expiresAt && { expiresAt: new Date(numberIn(row, 'expiresAt') * 1_000) }),
  };
}
