import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Platform } from '../../functions/runtime/platform.ts';
import { localAccount, localAws } from './account.ts';
import { type Operation, ServiceError } from './json-service.ts';

type Row = Record<string, AttributeValue>;

/** A record in the form of DynamoDB Streams, with the new image. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Row;
    readonly NewImage?: Row;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: 'NEW_IMAGE';
  };
}

/** The stream of one table. */
export interface EventStream {
  readonly arn: string;
  readonly records: readonly StreamRecord[];
  /** Calls the listener with each new record. */
  onRecord(listener: (record: StreamRecord) => void): void;
  /** The operations of DynamoDB Streams for this stream. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** The only shard. DynamoDB creates more shards when it needs them. */
export const shardId = 'shardId-00000000000000000000-00000000';

/**
 * Marks an iterator that was not read yet. Its first page is empty, although records follow. In DynamoDB this
 * can happen at any time (DynamoDB Streams API reference, GetRecords).
 */
const unread = 'unread-';

/**
 * Creates the stream of a table in dynalite, because dynalite has no streams. It reads the write requests of
 * the server. As in DynamoDB, writing the same item again adds no record, and writing another item under the
 * same key adds a MODIFY record.
 */
export function tapStream(
  server: Server,
  tableName: string,
  keyNames: readonly string[],
  now: Platform['now'],
): EventStream {
  const arn = `arn:aws:dynamodb:${localAws.region}:${localAccount}:table/${tableName}/stream/local`;
  const items = new Map<string, string>();
  const records: StreamRecord[] = [];
  const listeners = new Set<(record: StreamRecord) => void>();

  function note(keys: Row, item: Row | undefined): void {
    const key = JSON.stringify(keyNames.map((name) => keys[name]));
    const before = items.get(key);
    const after = item && JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (before === after) return;
    if (after === undefined) items.delete(key);
    else items.set(key, after);
    const sequenceNumber = String(records.length + 1).padStart(21, '0');
    const record: StreamRecord = {
      eventID: sequenceNumber,
      eventName: after === undefined ? 'REMOVE' : before === undefined ? 'INSERT' : 'MODIFY',
      eventSource: 'aws:dynamodb',
      awsRegion: localAws.region,
      eventSourceARN: arn,
      dynamodb: {
        // In whole seconds, as in DynamoDB.
        ApproximateCreationDateTime: Math.floor(now().getTime() / 1_000),
        Keys: Object.fromEntries(keyNames.flatMap((name) => (keys[name] ? [[name, keys[name]]] : []))),
        ...(item && { NewImage: item }),
        SequenceNumber: sequenceNumber,
        SizeBytes: after?.length ?? 0,
        StreamViewType: 'NEW_IMAGE',
      },
    };
    records.push(record);
    for (const listener of listeners) listener(record);
  }

  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1);
    if (!/^(PutItem|DeleteItem|BatchWriteItem)$/.test(operation ?? '')) return;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('finish', () => {
      if (response.statusCode !== 200) return;
      for (const { key, item } of writesIn(JSON.parse(Buffer.concat(chunks).toString()), tableName)) {
        note(key, item);
      }
    });
  });

  return {
    arn,
    records,
    onRecord: (listener) => void listeners.add(listener),
    operations: {
      GetShardIterator({ ShardIteratorType, SequenceNumber }) {
        if (ShardIteratorType === 'TRIM_HORIZON') return { ShardIterator: `${unread}0` };
        const index = records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === SequenceNumber);
        if (index < 0) throw new ServiceError('TrimmedDataAccessException', 'The record is gone.');
        return {
          ShardIterator: unread + (ShardIteratorType === 'AFTER_SEQUENCE_NUMBER' ? index + 1 : index),
        };
      },
      GetRecords({ ShardIterator, Limit }) {
        const iterator = String(ShardIterator);
        if (iterator.startsWith(unread)) {
          return { Records: [], NextShardIterator: iterator.slice(unread.length) };
        }
        const from = Number(iterator);
        const page = records.slice(from, from + Number(Limit ?? 1_000));
        return { Records: page, NextShardIterator: String(from + page.length) };
      },
    },
  };
}

interface Write {
  readonly key: Row;
  readonly item: Row | undefined;
}

interface WriteRequest {
  readonly PutRequest?: { readonly Item: Row };
  readonly DeleteRequest?: { readonly Key: Row };
}

/** Returns the writes of a PutItem, DeleteItem or BatchWriteItem to a table. */
function writesIn(
  input: {
    readonly TableName?: string;
    readonly Item?: Row;
    readonly Key?: Row;
    readonly RequestItems?: Readonly<Record<string, readonly WriteRequest[]>>;
  },
  tableName: string,
): readonly Write[] {
  if (input.RequestItems) {
    return (input.RequestItems[tableName] ?? []).map(({ PutRequest, DeleteRequest }) => ({
      key: PutRequest?.Item ?? DeleteRequest?.Key ?? {},
      item: PutRequest?.Item,
    }));
  }
  return input.TableName === tableName ? [{ key: input.Item ?? input.Key ?? {}, item: input.Item }] : [];
}
