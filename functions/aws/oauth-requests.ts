import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { OAuthRequests } from '../domain/oauth.ts';
import { epochSeconds, type Row } from './registry-row.ts';
import { storageCall } from './storage-call.ts';

/** Authorizations under way, kept in the registry table under keys that are no hook keys (they hold a slash). */
export function createOAuthRequests(client: DynamoDBClient, tableName: string): OAuthRequests {
  return {
    async add({ id, connection, redirectUri, codeVerifier, scopes, expiresAt }) {
      await storageCall('note an authorization', () =>
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: {
              ...keyOf(id),
              forConnection: { S: connection },
              redirectUri: { S: redirectUri },
              codeVerifier: { S: codeVerifier },
              scopes: { S: JSON.stringify(scopes) },
              expiresAt: { N: epochSeconds(expiresAt) },
            },
          }),
        ),
      );
    },

    take: (id, now) =>
      storageCall('take an authorization', async () => {
        try {
          // Deleting it is what makes it work once: of two callers one gets the row.
          const { Attributes } = await client.send(
            new DeleteItemCommand({
              TableName: tableName,
              Key: keyOf(id),
              ConditionExpression: 'attribute_exists(hookKey) AND expiresAt > :now',
              ExpressionAttributeValues: { ':now': { N: String(Math.floor(now.getTime() / 1_000)) } },
              ReturnValues: 'ALL_OLD',
            }),
          );
          return Attributes && fromRow(id, Attributes);
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return undefined;
          throw error;
        }
      }),
  };
}

function keyOf(id: string): Row {
  return { hookKey: { S: `oauth/${id}` } };
}

function fromRow(id: string, row: Row) {
  return {
    id,
    connection: row.forConnection?.S ?? '',
    redirectUri: row.redirectUri?.S ?? '',
    codeVerifier: row.codeVerifier?.S ?? '',
    scopes: JSON.parse(row.scopes?.S ?? 'null') as readonly string[] | null,
    expiresAt: new Date(Number(row.expiresAt?.N ?? 0) * 1_000),
  };
}
