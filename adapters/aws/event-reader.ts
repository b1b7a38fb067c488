import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { LoggedEvent } from '../../core/event.ts';
import type { EventRange, EventReader } from '../../core/redelivery/ports.ts';
import { fromEventRow } from './event-row.ts';
import { storageCall } from './storage-call.ts';

/** Sorts after every event id of the same moment, because event ids are base64url. */
const behindEveryId = '#~';

/** Reads the event log in DynamoDB. */
export function createEventReader(client: DynamoDBClient, tableName: string): EventReader {
  return {
    async page(range) {
      const { Items = [], LastEvaluatedKey } = await storageCall('read the event log', () =>
        client.send(
          new QueryCommand({
            TableName: tableName,
            ...conditionOf(range),
            ExclusiveStartKey: range.after === undefined ? undefined : startBehind(range, range.after),
            Limit: range.limit,
            ScanIndexForward: !range.newestFirst,
          }),
        ),
      );
      return { events: Items.flatMap(readable), last: LastEvaluatedKey?.sortKey?.S };
    },

    async get({ subscription, sortKey }) {
      const { Item } = await storageCall('read an event of the event log', () =>
        client.send(
          new GetItemCommand({
            TableName: tableName,
            Key: { subscription: { S: subscription }, sortKey: { S: sortKey } },
            ConsistentRead: true,
          }),
        ),
      );
      return Item && fromEventRow(Item);
    },
  };
}

/**
 * Skips an unreadable event, and a row that cannot be parsed as an event. The dispatcher has put both into the
 * dead-letter queue.
 */
function readable(row: Parameters<typeof fromEventRow>[0]): readonly LoggedEvent[] {
  try {
    return [fromEventRow(row)];
  } catch {
    return [];
  }
}

function startBehind({ subscription }: EventRange, sortKey: string) {
  return { subscription: { S: subscription }, sortKey: { S: sortKey } };
}

function conditionOf({ subscription, from, to }: EventRange) {
  const values = { ':subscription': { S: subscription } };
  const ofSubscription = 'subscription = :subscription';
  if (from === undefined && to === undefined) {
    return { KeyConditionExpression: ofSubscription, ExpressionAttributeValues: values };
  }
  return {
    KeyConditionExpression: `${ofSubscription} AND sortKey BETWEEN :from AND :to`,
    ExpressionAttributeValues: {
      ...values,
      ':from': { S: (from ?? new Date(0)).toISOString() },
      // The upper bound excludes events without a time, because these events sort after the year 9999.
      ':to': { S: `${(to ?? new Date('9999-12-31T23:59:59.999Z')).toISOString()}${behindEveryId}` },
    },
  };
}
