import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventLog } from '../../../adapters/aws/event-log.ts';
import { createEventStream } from '../../../adapters/aws/event-stream.ts';
import { localAws } from '../../../local/aws/account.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../../local/aws/dynamodb.ts';
import { type EventStream as LocalStream, shardId } from '../../../local/aws/event-stream.ts';
import { startJsonService } from '../../../local/aws/json-service.ts';
import type { Listening } from '../../../local/aws/listen.ts';
import { tables } from '../../../local/aws/tables.ts';
import { loggedEvents } from '../../core/events.ts';
import { soon } from '../../core/time.ts';

const events = loggedEvents(6);
let dynamodb: LocalDynamoDb;
let service: Listening;
let stream: LocalStream;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamodb = await startDynamoDb([tables.eventLog]);
  stream = dynamodb.streams.get(tables.eventLog.TableName) as LocalStream;
  service = await startJsonService(stream.operations);
  client = new DynamoDBClient({ ...localAws, endpoint: dynamodb.url });
  const log = createEventLog(client, {
    tableName: tables.eventLog.TableName,
    retentionMs: 30 * 24 * 3_600_000,
    now: () => new Date(),
    sleep,
  });
  for (const event of [...events, ...events]) await log.append([event], soon());
});
afterAll(async () => {
  await service.close();
  await dynamodb.close();
});

const range = (first: number, last: number) => ({
  streamArn: stream.arn,
  shardId,
  startSequenceNumber: stream.records[first]?.dynamodb.SequenceNumber ?? '',
  endSequenceNumber: stream.records[last]?.dynamodb.SequenceNumber ?? '',
});

const reader = () =>
  createEventStream(new DynamoDBStreamsClient({ ...localAws, endpoint: service.url, maxAttempts: 1 }));

describe('the event log’s stream', () => {
  it('has one record for each event, even if the event was stored repeatedly', () => {
    expect(stream.records.map(({ eventName }) => eventName)).toEqual(Array(6).fill('INSERT'));
  });

  it('read() returns the events of a range, including both ends', async () => {
    expect(await reader().read(range(1, 3))).toEqual(events.slice(1, 4));
    expect(await reader().read(range(5, 5))).toEqual(events.slice(5));
  });

  it('read() returns "expired" if the records are gone', async () => {
    const gone = { ...range(0, 1), startSequenceNumber: '1' };
    expect(await reader().read(gone)).toBe('expired');
  });

  it('read() throws different errors for a row that is not an event and for a failing store', async () => {
    const Item = { subscription: { S: 'sub_X' }, sortKey: { S: 'x' }, event: { S: 'private' } };
    await client.send(new PutItemCommand({ TableName: tables.eventLog.TableName, Item }));
    const error = await reader()
      .read(range(6, 6))
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: 'Error' });
    expect(String(error)).not.toContain('private');
    const nobody = createEventStream(
      new DynamoDBStreamsClient({ ...localAws, endpoint: 'http://127.0.0.1:9', maxAttempts: 1 }),
    );
    await expect(nobody.read(range(0, 1))).rejects.toMatchObject({ name: 'StorageUnavailable' });
  });
});
