import {
  type _Record,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import type { Sleep } from '../../core/clock.ts';
import type { EventStream, StreamRange } from '../../core/redelivery/ports.ts';
import type { TimeBudget } from '../../core/time-budget.ts';
import { rowInStream } from './event-row.ts';
import { storageCall } from './storage-call.ts';

/**
 * The maximum number of GetRecords calls for one range. A page can be empty although records follow, so the number of
 * pages is not known in advance.
 */
const maxPages = 1_000;

/** The pause after the stream throttled a call. The SDK has retried the call by then. */
const throttlePauseMs = 1_000;

/**
 * The codes with which DynamoDB throttles (DynamoDB Streams API reference, GetRecords and common errors). A shard
 * permits two readers at the same time, and the dispatcher's event source mapping is one of them.
 */
const throttlingCodes = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** The event log's stream in DynamoDB. */
export function createEventStream(client: DynamoDBStreamsClient, sleep: Sleep): EventStream {
  return {
    async read(range, time) {
      const records: _Record[] = [];
      const [start, end] = [BigInt(range.startSequenceNumber), BigInt(range.endSequenceNumber)];
      try {
        for await (const record of recordsFrom(range, time)) {
          const position = BigInt(record.dynamodb?.SequenceNumber ?? 0);
          if (position >= start && position <= end) records.push(record);
          if (position >= end) return toReading(records);
        }
        // The shard is closed, and has no further records.
        return toReading(records);
      } catch (error) {
        if (error instanceof Unfinished) return { kind: 'unfinished' };
        if (isGone(error)) return { kind: 'expired' };
        return storageCall('read the stream of the event log', () => Promise.reject(error));
      }
    },
  };

  /**
   * The records from the start of a range to the end of its shard.
   *
   * GetRecords returns an empty page if the iterator points to a part of the shard without records. Several calls can be
   * necessary to reach the next record. Only a page without a next iterator is the end of the shard (DynamoDB Streams
   * API reference, GetRecords).
   *
   * @throws Unfinished if the time is up before that.
   */
  async function* recordsFrom(range: StreamRange, time: TimeBudget): AsyncGenerator<_Record> {
    let last: string | undefined;
    let iterator: string | undefined;
    for (let page = 0; page < maxPages && !time.isUp(); page += 1) {
      try {
        iterator ??= await iteratorIn(range, last);
        const { Records = [], NextShardIterator } = await client.send(
          new GetRecordsCommand({ ShardIterator: iterator }),
        );
        last = Records.at(-1)?.dynamodb?.SequenceNumber ?? last;
        yield* Records;
        if (!NextShardIterator) return;
        iterator = NextShardIterator;
      } catch (error) {
        // An iterator expires after 15 minutes. A new iterator continues after the last record.
        if (error instanceof ExpiredIteratorException) iterator = undefined;
        else if (isThrottling(error) && !time.isUp(throttlePauseMs)) await sleep(throttlePauseMs);
        else if (isThrottling(error)) throw new Unfinished();
        else throw error;
      }
    }
    throw new Unfinished();
  }

  async function iteratorIn(range: StreamRange, last: string | undefined): Promise<string | undefined> {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamArn: range.streamArn,
        ShardId: range.shardId,
        ShardIteratorType: last === undefined ? 'AT_SEQUENCE_NUMBER' : 'AFTER_SEQUENCE_NUMBER',
        SequenceNumber: last ?? range.startSequenceNumber,
      }),
    );
    return ShardIterator;
  }
}

/** The end of a range was not reached. */
class Unfinished extends Error {}

/** Only an INSERT is a new event. */
function toReading(records: readonly _Record[]) {
  const inserts = records.filter(({ eventName }) => eventName === 'INSERT');
  return {
    kind: 'read',
    rows: inserts.map(({ dynamodb = {} }) => rowInStream(dynamodb)),
    records: records.length,
  } as const;
}

/** Whether the stream has dropped the records, or their shard. */
function isGone(error: unknown): boolean {
  return error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException;
}

function isThrottling(error: unknown): boolean {
  return error instanceof Error && throttlingCodes.has(error.name);
}
