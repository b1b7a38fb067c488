import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../core/clock.ts';
import type { Hook } from '../../core/hook.ts';
import type { ReceiverRegistry, SecretStored } from '../../core/receiving/ports.ts';
import { fromHookRow } from './hook-row.ts';
import { hookAt, type Row, toKey } from './registry-key.ts';
import { isExpired } from './row.ts';
import { storageCall } from './storage-call.ts';

/**
 * The hooks in DynamoDB, with the operations of the receiver. It uses few commands of the SDK, so that the receiver
 * stays small.
 */
export function createReceiverRegistry(
  client: DynamoDBClient,
  tableName: string,
  now: Clock,
): ReceiverRegistry {
  const alive = (row: Row | undefined): Hook | undefined =>
    row === undefined || isExpired(row, now()) ? undefined : fromHookRow(row);

  async function find(hookKey: string): Promise<Hook | undefined> {
    const { Item } = await storageCall('read the registry', () =>
      client.send(
        new GetItemCommand({ TableName: tableName, Key: toKey(hookAt(hookKey)), ConsistentRead: true }),
      ),
    );
    return alive(Item);
  }

  return {
    find,

    async storeSecret(hookKey, encryptedSecret, at): Promise<SecretStored> {
      const isRegistering = '#status = :registering';
      const windowIsOpen = 'windowClosesAt > :now';
      // The same secret gives the same text, so a write whose answer was lost can be repeated.
      const noOtherSecret = '(attribute_not_exists(encryptedSecret) OR encryptedSecret = :encrypted)';
      return storageCall('store the secret of a handshake', async () => {
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: tableName,
              Key: toKey(hookAt(hookKey)),
              UpdateExpression: 'SET encryptedSecret = :encrypted',
              ConditionExpression: [isRegistering, windowIsOpen, noOtherSecret].join(' AND '),
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: {
                ':encrypted': { S: encryptedSecret },
                ':registering': { S: 'registering' },
                ':now': { S: at.toISOString() },
              },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          );
          return { stored: true };
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
          // DynamoDB returns the row that did not meet the condition. Not every emulator returns it.
          return { stored: false, webhook: error.Item ? alive(error.Item) : await find(hookKey) };
        }
      });
    },

    async noteArrival(hookKey, kind, at) {
      const attribute = kind === 'events' ? 'lastDeliveryAt' : 'lastHeartbeatAt';
      await storageCall('record a delivery in the registry', async () => {
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: tableName,
              Key: toKey(hookAt(hookKey)),
              UpdateExpression: `SET ${attribute} = :now`,
              // Without this condition, the update would create a row for a hook that was just removed.
              ConditionExpression: 'attribute_exists(pk)',
              ExpressionAttributeValues: { ':now': { S: at.toISOString() } },
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      });
    },
  };
}
