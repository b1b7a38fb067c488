import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { type LocalDynamoDb, startDynamoDb } from '../../local/aws/dynamodb.ts';
import { type HostileLayer, type HostileOptions, startHostileLayer } from './layer.ts';

export interface HostileDynamoDb extends HostileLayer, Pick<LocalDynamoDb, 'streams'> {}

/** Starts a DynamoDB in memory with these tables, behind a hostile layer. */
export async function startHostileDynamoDb(
  tables: readonly CreateTableCommandInput[],
  options: HostileOptions,
): Promise<HostileDynamoDb> {
  const dynamodb = await startDynamoDb(tables, options);
  const layer = await startHostileLayer(tables, () => dynamodb.url, options);
  return {
    ...layer,
    streams: dynamodb.streams,
    async close() {
      await layer.close();
      await dynamodb.close();
    },
  };
}
