import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { type Platform, platform } from '../../functions/runtime/platform.ts';
import { localAws } from './account.ts';
import { type EventStream, tapStream } from './event-stream.ts';
import { type Listening, listen } from './listen.ts';

/** DynamoDB in memory. */
export interface LocalDynamoDb extends Listening {
  /** The stream of each table that has a stream, by table name. */
  readonly streams: ReadonlyMap<string, EventStream>;
}

/**
 * Starts dynalite, a DynamoDB in memory. It creates the tables, and a stream for each table that requests a
 * stream.
 */
export async function startDynamoDb(
  tables: readonly CreateTableCommandInput[],
  { now }: Pick<Platform, 'now'> = platform,
): Promise<LocalDynamoDb> {
  const dynamodb = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  const streams = tables.flatMap(({ TableName = '', KeySchema = [], StreamSpecification }) => {
    if (!StreamSpecification?.StreamEnabled) return [];
    const keyNames = KeySchema.flatMap(({ AttributeName }) => AttributeName ?? []);
    return [[TableName, tapStream(dynamodb, TableName, keyNames, now)] as const];
  });
  const server = await listen(dynamodb, 0);
  const client = new DynamoDBClient({ ...localAws, endpoint: server.url });
  try {
    // dynalite refuses to create a table with a stream.
    for (const { StreamSpecification: _, ...table } of tables)
      await client.send(new CreateTableCommand(table));
  } finally {
    client.destroy();
  }
  return { ...server, streams: new Map(streams) };
}
