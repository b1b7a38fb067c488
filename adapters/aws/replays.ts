import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ReplayState, Replays } from '../../core/redelivery/ports.ts';
import { epochSeconds, type Row } from './registry-row.ts';
import { storageCall } from './storage-call.ts';

/** The states of replays, stored in the registry table. Their keys contain a slash, so they are not hook keys. */
export function createReplays(client: DynamoDBClient, tableName: string): Replays {
  return {
    async find(id) {
      const { Item } = await storageCall('read the state of a replay', () =>
        client.send(new GetItemCommand({ TableName: tableName, Key: keyOf(id), ConsistentRead: true })),
      );
      return Item && fromRow(id, Item);
    },

    save: (state, previousVersion) =>
      storageCall('save the state of a replay', async () => {
        try {
          await client.send(
            new PutItemCommand({
              TableName: tableName,
              Item: toRow(state),
              ...(previousVersion === undefined
                ? { ConditionExpression: 'attribute_not_exists(pk)' }
                : {
                    ConditionExpression: 'version = :previous',
                    ExpressionAttributeValues: { ':previous': { N: String(previousVersion) } },
                  }),
            }),
          );
          return true;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        }
      }),
  };
}

function keyOf(id: string): Row {
  return { pk: { S: `replay/${id}` } };
}

function toRow(state: ReplayState): Row {
  return {
    ...keyOf(state.id),
    fingerprint: { S: state.fingerprint },
    startedAt: { S: state.at.toISOString() },
    isDone: { BOOL: state.isDone },
    ...(state.position && { position: { S: JSON.stringify(state.position) } }),
    sent: { N: String(state.sent) },
    refused: { N: String(state.refused) },
    leaseEndsAt: { S: state.leaseEndsAt.toISOString() },
    version: { N: String(state.version) },
    expiresAt: { N: epochSeconds(state.expiresAt) },
  };
}

function fromRow(id: string, row: Row): ReplayState {
  return {
    id,
    fingerprint: row.fingerprint?.S ?? '',
    at: new Date(row.startedAt?.S ?? 0),
    isDone: row.isDone?.BOOL ?? false,
    position: row.position?.S === undefined ? undefined : JSON.parse(row.position.S),
    sent: Number(row.sent?.N ?? 0),
    refused: Number(row.refused?.N ?? 0),
    leaseEndsAt: new Date(row.leaseEndsAt?.S ?? 0),
    version: Number(row.version?.N ?? 0),
    expiresAt: new Date(Number(row.expiresAt?.N ?? 0) * 1000),
  };
}
