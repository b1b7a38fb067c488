import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { WebhookFilter, WebhookStatus } from '../../contract/webhook.ts';
import type { Webhook } from '../../core/webhook.ts';

/** A row as DynamoDB stores it. */
export type Row = Record<string, AttributeValue>;

/** The key of a webhook's row. The table also has rows of other kinds; their keys contain a slash. */
export function keyOf(hookKey: string): Row {
  return { pk: { S: hookKey } };
}

/** Converts a webhook to a row. Times are ISO 8601 text. */
export function toRow(webhook: Webhook): Row {
  const { hookKey, filters, createdAt, windowClosesAt, lastDeliveryAt, ...texts } = webhook;
  return {
    ...keyOf(hookKey),
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, { S: text }]])),
    ),
    filters: { S: JSON.stringify(filters) },
    createdAt: { S: createdAt.toISOString() },
    windowClosesAt: { S: windowClosesAt.toISOString() },
    ...(lastDeliveryAt && { lastDeliveryAt: { S: lastDeliveryAt.toISOString() } }),
  };
}

/** Converts a row to a webhook. @throws Error if the row is not a webhook. */
export function fromRow(row: Row): Webhook {
  return {
    hookKey: text(row, 'pk'),
    subscription: text(row, 'subscription'),
    connection: text(row, 'connection'),
    resource: text(row, 'resource'),
    filters: JSON.parse(text(row, 'filters')) as readonly WebhookFilter[],
    status: text(row, 'status') as WebhookStatus,
    createdAt: new Date(text(row, 'createdAt')),
    windowClosesAt: new Date(text(row, 'windowClosesAt')),
    webhookGid: row.webhookGid?.S,
    encryptedSecret: row.encryptedSecret?.S,
    lastDeliveryAt: row.lastDeliveryAt?.S === undefined ? undefined : new Date(row.lastDeliveryAt.S),
  };
}

/** Converts a moment to the format of DynamoDB's time to live: whole seconds since 1970. */
export function epochSeconds(moment: Date): string {
  return String(Math.ceil(moment.getTime() / 1000));
}

function text(row: Row, name: string): string {
  const value = row[name]?.S;
  if (value === undefined) throw new Error(`Cannot read a row of the registry: it has no ${name}`);
  return value;
}
