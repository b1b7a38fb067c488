import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { IdempotencyClaim, IdempotencyClaims } from '../domain/ports.ts';
import { epochSeconds, type Row } from './registry-row.ts';
import { storageCall } from './storage-call.ts';

/**
 * Idempotency claims, kept in the registry table under keys that are no hook keys (they hold a slash), so that
 * no request at the endpoint can reach one. DynamoDB deletes an expired claim some time after it expired, so
 * the condition looks at the time itself.
 */
export function createIdempotencyClaims(client: DynamoDBClient, tableName: string): IdempotencyClaims {
  async function find(id: string): Promise<IdempotencyClaim | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(id), ConsistentRead: true }),
    );
    return Item && fromClaimRow(id, Item);
  }

  return {
    async claim(wanted, now, replaces) {
      const isFree = 'attribute_not_exists(hookKey)';
      const hasExpired = 'expiresAt <= :now';
      const isReplaced = 'claimedFor = :replaced';
      return storageCall('claim an idempotency key', async () => {
        try {
          await client.send(
            new PutItemCommand({
              TableName: tableName,
              Item: toClaimRow(wanted),
              ConditionExpression: [isFree, hasExpired, ...(replaces ? [isReplaced] : [])].join(' OR '),
              ExpressionAttributeValues: {
                ':now': { N: epochSeconds(now) },
                ...(replaces && { ':replaced': { S: replaces.hookKey } }),
              },
            }),
          );
          return undefined;
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
          const standing = await find(wanted.id);
          if (standing === undefined) throw error; // Given up in this very moment: the caller may try again.
          return standing;
        }
      });
    },

    async release(claim) {
      await storageCall('release an idempotency key', async () => {
        try {
          await client.send(
            new DeleteItemCommand({
              TableName: tableName,
              Key: keyOf(claim.id),
              ConditionExpression: 'claimedFor = :hookKey',
              ExpressionAttributeValues: { ':hookKey': { S: claim.hookKey } },
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      });
    },
  };
}

function keyOf(id: string): Row {
  return { hookKey: { S: `idempotency/${id}` } };
}

function toClaimRow({ id, fingerprint, hookKey, leaseEndsAt, expiresAt }: IdempotencyClaim): Row {
  return {
    ...keyOf(id),
    fingerprint: { S: fingerprint },
    claimedFor: { S: hookKey },
    leaseEndsAt: { S: leaseEndsAt.toISOString() },
    expiresAt: { N: epochSeconds(expiresAt) },
  };
}

function fromClaimRow(id: string, row: Row): IdempotencyClaim {
  return {
    id,
    fingerprint: row.fingerprint?.S ?? '',
    hookKey: row.claimedFor?.S ?? '',
    leaseEndsAt: new Date(row.leaseEndsAt?.S ?? 0),
    expiresAt: new Date(Number(row.expiresAt?.N ?? 0) * 1000),
  };
}
