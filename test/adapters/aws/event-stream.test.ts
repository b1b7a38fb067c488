import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventLog } from '../../../adapters/aws/event-log.ts';
import { createEventStream } from '../../../adapters/aws/event-stream.ts';
import { keyOf, type LoggedEvent } from '../../../core/event.ts';
import type { EventLog } from '../../../core/receiving/ports.ts';
import type { StreamRange } from '../../../core/redelivery/ports.ts';
import { unreadableKeyOf } from '../../../core/unreadable-event.ts';
import { localAws } from '../../../local/aws/account.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../../local/aws/dynamodb.ts';
import { type EventStream as LocalStream, shardId } from '../../../local/aws/event-stream.ts';
import { startJsonService } from '../../../local/aws/json-service.ts';
import type { Listening } from '../../../local/aws/listen.ts';
import { tables } from '../../../local/aws/tables.ts';
import { loggedEvents, unreadableEvent } from '../../core/events.ts';
import { soon } from '../../core/time.ts';

const events = loggedEvents(6);
let dynamodb: LocalDynamoDb;
let service: Listening;
let stream: LocalStream;
let client: DynamoDBClient;
let log: EventLog;

beforeAll(async () => {
  dynamodb = await startDynamoDb([tables.eventLog]);
  stream = dynamodb.streams.get(tables.eventLog.TableName) as LocalStream;
  service = await startJsonService(stream.operations);
  client = new DynamoDBClient({ ...localAws, endpoint: dynamodb.url });
  log = createEventLog(client, {
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

const rowsOf = (wanted: readonly LoggedEvent[]) =>
  wanted.map((event) => ({ key: keyOf(event), eventId: event.eventId, event }));
const readerAt = (endpoint: string) =>
  createEventStream(
    new DynamoDBStreamsClient({ ...localAws, endpoint, maxAttempts: 1 }),
    async () => undefined,
  );
const read = (wanted: StreamRange) => readerAt(service.url).read(wanted, soon());

describe('the event log’s stream', () => {
  it('has one record for each event, even if the event was stored repeatedly', () => {
    expect(stream.records.map(({ eventName }) => eventName)).toEqual(Array(6).fill('INSERT'));
  });

  it('read() returns the events of a range, including both ends', async () => {
    expect(await read(range(1, 3))).toEqual({ kind: 'read', rows: rowsOf(events.slice(1, 4)), records: 3 });
    expect(await read(range(5, 5))).toEqual({ kind: 'read', rows: rowsOf(events.slice(5)), records: 1 });
  });

  it('read() returns "expired" if the records are gone', async () => {
    const gone = { ...range(0, 1), startSequenceNumber: '1' };
    expect(await read(gone)).toEqual({ kind: 'expired' });
  });

  it('read() returns a row that cannot be parsed by its key, with the events beside it', async () => {
    const TableName = tables.eventLog.TableName;
    const key = { subscription: 'sub_X', sortKey: 'time#id' };
    const Item = {
      subscription: { S: key.subscription },
      sortKey: { S: key.sortKey },
      event: { S: 'private' },
    };
    await client.send(new PutItemCommand({ TableName, Item }));
    expect(await read(range(5, 6))).toEqual({
      kind: 'read',
      rows: [...rowsOf(events.slice(5)), { key, eventId: 'id', event: undefined }],
      records: 2,
    });
    const { subscription, sortKey } = Item;
    await client.send(new DeleteItemCommand({ TableName, Key: { subscription, sortKey } }));
    expect(await read(range(5, 7))).toMatchObject({ kind: 'read', records: 3 });
  });

  it('read() throws StorageUnavailable if the stream cannot be reached', async () => {
    const nobody = readerAt('http://127.0.0.1:9');
    await expect(nobody.read(range(0, 1), soon())).rejects.toMatchObject({ name: 'StorageUnavailable' });
  });

  it('read() returns an unreadable event by its key and reason', async () => {
    const bad = unreadableEvent(1);
    await log.append([bad], soon());
    const last = stream.records.length - 1;
    const row = {
      key: unreadableKeyOf(bad),
      eventId: bad.eventId,
      event: undefined,
      unreadable: bad.reason,
    };
    expect(await read(range(last, last))).toEqual({ kind: 'read', rows: [row], records: 1 });
  });
});
