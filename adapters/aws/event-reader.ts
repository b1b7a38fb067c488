import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { EventRange, EventReader } from '../../core/redelivery/ports.ts';
import { eventIn, fromEventRow } from './event-row.ts';
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
      // The dispatcher has put unreadable events, and rows that cannot be parsed, into the dead-letter queue.
      return { events: Items.flatMap((row) => eventIn(row) ?? []), last: LastEvaluatedKey?.sortKey?.S };
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
