import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { OAuthRequest, OAuthRequests } from '../../core/connections/ports.ts';
import { epochSeconds, type Row } from './registry-row.ts';
import { storageCall } from './storage-call.ts';

/** Pending authorizations, stored in the registry table. Their keys contain a slash, so they are not hook keys. */
export function createOAuthRequests(client: DynamoDBClient, tableName: string): OAuthRequests {
  return {
    async add(request) {
      await storageCall('store an authorization', () =>
        client.send(new PutItemCommand({ TableName: tableName, Item: toRow(request) })),
      );
    },

    async find(id, now) {
      const { Item } = await storageCall('find an authorization', () =>
        client.send(new GetItemCommand({ TableName: tableName, Key: keyOf(id), ConsistentRead: true })),
      );
      const request = Item && fromRow(id, Item);
      return request !== undefined && request.expiresAt > now ? request : undefined;
    },

    bind: (id, browser, now) =>
      storageCall('store the browser of an authorization', async () => {
        const change = new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(id),
          UpdateExpression: 'SET browser = :browser',
          ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(browser) AND expiresAt > :now',
          ExpressionAttributeValues: {
            ':browser': { S: browser },
            ':now': { N: String(Math.floor(now.getTime() / 1_000)) },
          },
        });
        return (await whereItHolds(() => client.send(change))) !== undefined;
      }),

    take: (id, now) =>
      storageCall('read and delete an authorization', async () => {
        // The delete makes an authorization work only once: of two callers, only one gets the row.
        const removal = new DeleteItemCommand({
          TableName: tableName,
          Key: keyOf(id),
          ConditionExpression: 'attribute_exists(pk) AND expiresAt > :now',
          ExpressionAttributeValues: { ':now': { N: String(Math.floor(now.getTime() / 1_000)) } },
          ReturnValues: 'ALL_OLD',
        });
        const taken = await whereItHolds(() => client.send(removal));
        return taken?.Attributes && fromRow(id, taken.Attributes);
      }),
  };
}

/** Returns undefined if the condition does not hold. */
async function whereItHolds<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

function keyOf(id: string): Row {
  return { pk: { S: `oauth/${id}` } };
}

function toRow({
  id,
  connection,
  redirectUri,
  codeVerifier,
  scopes,
  expiresAt,
  returnTo,
}: OAuthRequest): Row {
  return {
    ...keyOf(id),
    // Not named `connection`, because the registry finds webhooks by that attribute.
    forConnection: { S: connection },
    redirectUri: { S: redirectUri },
    codeVerifier: { S: codeVerifier },
    scopes: { S: JSON.stringify(scopes) },
    expiresAt: { N: epochSeconds(expiresAt) },
    ...(returnTo !== undefined && { returnTo: { S: returnTo } }),
  };
}

function fromRow(id: string, row: Record<string, AttributeValue>): OAuthRequest {
  return {
    id,
    connection: row.forConnection?.S ?? '',
    redirectUri: row.redirectUri?.S ?? '',
    codeVerifier: row.codeVerifier?.S ?? '',
    scopes: JSON.parse(row.scopes?.S ?? 'null') as readonly string[] | null,
    expiresAt: new Date(Number(row.expiresAt?.N ?? 0) * 1_000),
    ...(row.returnTo?.S !== undefined && { returnTo: row.returnTo.S }),
    ...(row.browser?.S !== undefined && { browser: row.browser.S }),
  };
}
