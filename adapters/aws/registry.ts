import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { WebhookStatus } from '../../contract/webhook.ts';
import type { Registry } from '../../core/subscriptions/ports.ts';
import type { Webhook } from '../../core/webhook.ts';
import { findWebhook } from './receiver-registry.ts';
import { epochSeconds, fromRow, keyOf, toRow } from './registry-row.ts';
import { storageCall } from './storage-call.ts';

/** The registry in DynamoDB, with the operations of the management function. */
export function createRegistry(client: DynamoDBClient, tableName: string): Registry {
  const find = (hookKey: string) => findWebhook(client, tableName, hookKey);

  /** The index contains only keys, so that liveness writes cost nothing there. The rows are read consistently. */
  async function query(
    index: 'byGid' | 'bySubscription',
    attribute: string,
    value: string,
  ): Promise<Webhook[]> {
    const { Items = [] } = await storageCall(`find a webhook in the registry (${index})`, () =>
      client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: index,
          KeyConditionExpression: '#attribute = :value',
          ExpressionAttributeNames: { '#attribute': attribute },
          ExpressionAttributeValues: { ':value': { S: value } },
        }),
      ),
    );
    const hookKeys = Items.flatMap(({ pk }) => (pk?.S === undefined ? [] : [pk.S]));
    const webhooks = await Promise.all(hookKeys.map(find));
    return webhooks.filter((webhook) => webhook !== undefined).sort(newestFirst);
  }

  /** Updates an existing row. Returns false if the condition does not hold. */
  async function update(hookKey: string, change: Change): Promise<boolean> {
    return storageCall(`${change.what} in the registry`, async () => {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(hookKey),
            UpdateExpression: change.expression,
            ConditionExpression: change.condition ?? 'attribute_exists(pk)',
            ...(change.names && { ExpressionAttributeNames: change.names }),
            ExpressionAttributeValues: change.values,
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    });
  }

  async function setStatus(hookKey: string, status: WebhookStatus, keepUntil?: Date): Promise<void> {
    const expiry = keepUntil && epochSeconds(keepUntil);
    await update(hookKey, {
      what: 'set the status of a webhook',
      expression: `SET #status = :status ${expiry ? ', expiresAt = :expiry' : 'REMOVE expiresAt'}`,
      names: { '#status': 'status' },
      values: { ':status': { S: status }, ...(expiry && { ':expiry': { N: expiry } }) },
    });
  }

  return {
    find,
    findByGid: async (webhookGid) => (await query('byGid', 'webhookGid', webhookGid))[0],
    findBySubscription: (subscription) => query('bySubscription', 'subscription', subscription),

    async findByConnection(connection) {
      return storageCall('read the webhooks of a connection in the registry', async () => {
        const found: Webhook[] = [];
        const pages = paginateScan(
          { client },
          {
            TableName: tableName,
            FilterExpression: 'attribute_exists(subscription) AND #connection = :connection',
            ExpressionAttributeNames: { '#connection': 'connection' },
            ExpressionAttributeValues: { ':connection': { S: connection } },
            ConsistentRead: true,
          },
        );
        for await (const { Items = [] } of pages) found.push(...Items.map(fromRow));
        return found;
      });
    },

    async subscriptions() {
      return storageCall('read the subscriptions in the registry', async () => {
        const found = new Set<string>();
        const pages = paginateScan(
          { client },
          {
            TableName: tableName,
            // The table also has rows of other kinds. Only webhooks have a subscription.
            FilterExpression: 'attribute_exists(subscription)',
            ProjectionExpression: 'subscription',
          },
        );
        for await (const { Items = [] } of pages) {
          for (const { subscription } of Items) if (subscription?.S !== undefined) found.add(subscription.S);
        }
        return [...found];
      });
    },

    async add(webhook, keepUntil) {
      await storageCall('add a webhook to the registry', () =>
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: { ...toRow(webhook), expiresAt: { N: epochSeconds(keepUntil) } },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
    },

    activate: (hookKey, webhookGid) =>
      update(hookKey, {
        what: 'activate a webhook',
        expression: 'SET #status = :active, webhookGid = :gid REMOVE expiresAt',
        condition: '#status = :registering',
        names: { '#status': 'status' },
        values: {
          ':active': { S: 'active' },
          ':registering': { S: 'registering' },
          ':gid': { S: webhookGid },
        },
      }),

    setStatus,

    async setFilters(hookKey, filters) {
      await update(hookKey, {
        what: 'set the filters of a webhook',
        expression: 'SET filters = :filters',
        values: { ':filters': { S: JSON.stringify(filters) } },
      });
    },

    async remove(hookKey) {
      await storageCall('remove a webhook from the registry', () =>
        client.send(new DeleteItemCommand({ TableName: tableName, Key: keyOf(hookKey) })),
      );
    },
  };
}

interface Change {
  readonly what: string;
  readonly expression: string;
  readonly condition?: string;
  readonly names?: Record<string, string>;
  readonly values: Record<string, AttributeValue>;
}

function newestFirst(left: Webhook, right: Webhook): number {
  return right.createdAt.getTime() - left.createdAt.getTime();
}
