import {
  type CreateTableCommandInput,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { localAws } from '../../local/aws/account.ts';
import { quickRetries } from './quick-retries.ts';

/** A table with an index, for the tests of the hostile layer. */
export const notes = {
  TableName: 'notes',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'S' },
    { AttributeName: 'color', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: 'at', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byColor',
      KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
} satisfies CreateTableCommandInput;

const { TableName } = notes;

export function clientFor(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ ...localAws, endpoint, extensions: [quickRetries] });
}

export function keyOf(id: string, at = '1') {
  return { id: { S: id }, at: { S: at } };
}

/** Writes a note. It replaces a note with the same key. */
export async function put(
  client: DynamoDBClient,
  id: string,
  text: string,
  more: object = {},
): Promise<void> {
  await client.send(new PutItemCommand({ TableName, Item: { ...keyOf(id), text: { S: text }, ...more } }));
}

/** Reads the text of a note. */
export async function read(
  client: DynamoDBClient,
  id: string,
  ConsistentRead = true,
): Promise<string | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf(id), ConsistentRead }));
  return Item?.text?.S;
}

/** Adds 1 to the count of a note, and returns it. A repetition adds 1 again: this writer is not idempotent. */
export async function count(client: DynamoDBClient, id: string): Promise<number> {
  const { Attributes } = await client.send(
    new UpdateItemCommand({
      TableName,
      Key: keyOf(id),
      UpdateExpression: 'ADD visits :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Number(Attributes?.visits?.N);
}
