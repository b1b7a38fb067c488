import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Claim, Claims } from '../../core/claims.ts';
import { epochSeconds, type Row } from './registry-row.ts';
import { storageCall } from './storage-call.ts';

/**
 * The number of attempts after which `claim` fails. It makes another attempt if the existing claim is released between
 * the write and the read.
 */
const maxAttempts = 10;

/**
 * Idempotency claims, stored in the registry table. Their keys contain a slash, so they are not hook keys, and no
 * request at the endpoint can reach a claim. DynamoDB deletes an expired claim some time after its expiry. Therefore
 * the condition of the write compares the expiry time with the current time.
 */
export function createClaims(client: DynamoDBClient, tableName: string): Claims {
  async function find(id: string): Promise<Claim | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(id), ConsistentRead: true }),
    );
    return Item && fromClaimRow(id, Item);
  }

  /** Returns the exception if the condition does not hold. */
  async function put(
    wanted: Claim,
    now: Date,
    replaces: Claim | undefined,
  ): Promise<ConditionalCheckFailedException | undefined> {
    const isFree = 'attribute_not_exists(pk)';
    const hasExpired = 'expiresAt <= :now';
    const isReplaced = 'holder = :replaced';
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: toClaimRow(wanted),
          ConditionExpression: [isFree, hasExpired, ...(replaces ? [isReplaced] : [])].join(' OR '),
          ExpressionAttributeValues: {
            ':now': { N: epochSeconds(now) },
            ...(replaces && { ':replaced': { S: replaces.holder } }),
          },
        }),
      );
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return error;
      throw error;
    }
  }

  return {
    claim: (wanted, now, replaces) =>
      storageCall('store a claim', async () => {
        for (let attempt = 1; ; attempt += 1) {
          const refusal = await put(wanted, now, replaces);
          if (refusal === undefined) return undefined;
          const standing = await find(wanted.id);
          if (standing !== undefined) return standing;
          // The claim was released between the write and the read, so the key is free again.
          if (attempt === maxAttempts) throw refusal;
        }
      }),

    async release(claim) {
      await storageCall('remove a claim', async () => {
        try {
          await client.send(
            new DeleteItemCommand({
              TableName: tableName,
              Key: keyOf(claim.id),
              ConditionExpression: 'holder = :holder',
              ExpressionAttributeValues: { ':holder': { S: claim.holder } },
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
  return { pk: { S: `idempotency/${id}` } };
}

function toClaimRow({ id, fingerprint, holder, leaseEndsAt, expiresAt }: Claim): Row {
  return {
    ...keyOf(id),
    fingerprint: { S: fingerprint },
    holder: { S: holder },
    leaseEndsAt: { S: leaseEndsAt.toISOString() },
    expiresAt: { N: epochSeconds(expiresAt) },
  };
}

function fromClaimRow(id: string, row: Row): Claim {
  return {
    id,
    fingerprint: row.fingerprint?.S ?? '',
    holder: row.holder?.S ?? '',
    leaseEndsAt: new Date(row.leaseEndsAt?.S ?? 0),
    expiresAt: new Date(Number(row.expiresAt?.N ?? 0) * 1000),
  };
}
