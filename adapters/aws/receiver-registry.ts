import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ReceiverRegistry, SecretStored } from '../../core/receiving/ports.ts';
import type { Webhook } from '../../core/webhook.ts';
import { fromRow, keyOf } from './registry-row.ts';
import { storageCall } from './storage-call.ts';

/** Reads one webhook consistently. @throws StorageUnavailable */
export async function findWebhook(
  client: DynamoDBClient,
  tableName: string,
  hookKey: string,
): Promise<Webhook | undefined> {
  const { Item } = await storageCall('read the registry', () =>
    client.send(new GetItemCommand({ TableName: tableName, Key: keyOf(hookKey), ConsistentRead: true })),
  );
  return Item && fromRow(Item);
}

/** The registry in DynamoDB, with the operations of the receiver. */
export function createReceiverRegistry(client: DynamoDBClient, tableName: string): ReceiverRegistry {
  return {
    find: (hookKey) => findWebhook(client, tableName, hookKey),

    async storeSecret(hookKey, encryptedSecret, now): Promise<SecretStored> {
      const isRegistering = '#status = :registering';
      const windowIsOpen = 'windowClosesAt > :now';
      const noOtherSecret = '(attribute_not_exists(encryptedSecret) OR encryptedSecret = :encrypted)';
      return storageCall('store the secret of a handshake', async () => {
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: tableName,
              Key: keyOf(hookKey),
              UpdateExpression: 'SET encryptedSecret = :encrypted',
              ConditionExpression: [isRegistering, windowIsOpen, noOtherSecret].join(' AND '),
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: {
                ':encrypted': { S: encryptedSecret },
                ':registering': { S: 'registering' },
                ':now': { S: now.toISOString() },
              },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          );
          return { stored: true };
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
          // DynamoDB returns the row that did not meet the condition. Not every emulator returns it.
          const webhook = error.Item ? fromRow(error.Item) : await findWebhook(client, tableName, hookKey);
          return { stored: false, webhook };
        }
      });
    },

    async noteDelivery(hookKey, now) {
      await storageCall('record a delivery in the registry', async () => {
        try {
          await client.send(
            new UpdateItemCommand({
              TableName: tableName,
              Key: keyOf(hookKey),
              UpdateExpression: 'SET lastDeliveryAt = :now',
              // Without this condition, the update would create a row for a webhook that was just removed.
              ConditionExpression: 'attribute_exists(pk)',
              ExpressionAttributeValues: { ':now': { S: now.toISOString() } },
            }),
          );
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      });
    },
  };
}
