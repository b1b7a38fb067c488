import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { localAws } from './aws.ts';
import { type Listening, listen } from './listen.ts';

/** DynamoDB in memory, by dynalite, with these tables in it. */
export async function startDynamoDb(tables: readonly CreateTableCommandInput[]): Promise<Listening> {
  const server = await listen(dynalite({ createTableMs: 0 }), 0);
  const client = new DynamoDBClient({ ...localAws, endpoint: server.url });
  try {
    for (const table of tables) await client.send(new CreateTableCommand(table));
  } finally {
    client.destroy();
  }
  return server;
}
