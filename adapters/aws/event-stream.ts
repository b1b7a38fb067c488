import {
  type _Record,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  type StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { EventStream, StreamRange } from '../../core/redelivery/ports.ts';
import { fromEventRow } from './event-row.ts';
import { storageCall } from './storage-call.ts';

/** The event log's stream in DynamoDB. */
export function createEventStream(client: DynamoDBStreamsClient): EventStream {
  async function* recordsFrom(range: StreamRange): AsyncGenerator<_Record> {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamArn: range.streamArn,
        ShardId: range.shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        SequenceNumber: range.startSequenceNumber,
      }),
    );
    let iterator = ShardIterator;
    while (iterator !== undefined) {
      const { Records = [], NextShardIterator } = await client.send(
        new GetRecordsCommand({ ShardIterator: iterator }),
      );
      yield* Records;
      // An open shard always returns a next iterator. A page without records is the end of the records.
      iterator = Records.length === 0 ? undefined : NextShardIterator;
    }
  }

  return {
    async read(range) {
      const rows = await storageCall('read the stream of the event log', async () => {
        const images: NonNullable<StreamRecord['NewImage']>[] = [];
        const last = BigInt(range.endSequenceNumber);
        try {
          for await (const { eventName, dynamodb } of recordsFrom(range)) {
            if (BigInt(dynamodb?.SequenceNumber ?? 0) > last) break;
            if (eventName === 'INSERT' && dynamodb?.NewImage) images.push(dynamodb.NewImage);
          }
        } catch (error) {
          if (isGone(error)) return 'expired';
          throw error;
        }
        return images;
      });
      return rows === 'expired' ? rows : rows.map(fromEventRow);
    },
  };
}

function isGone(error: unknown): boolean {
  return (
    error instanceof TrimmedDataAccessException ||
    error instanceof ResourceNotFoundException ||
    error instanceof ExpiredIteratorException
  );
}
