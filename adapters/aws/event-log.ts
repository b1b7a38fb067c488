import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../../core/bounded.ts';
import type { Clock, Sleep } from '../../core/clock.ts';
import { StorageUnavailable } from '../../core/errors.ts';
import type { EventLog } from '../../core/receiving/ports.ts';
import type { TimeBudget } from '../../core/time-budget.ts';
import { toEventRow, toUnreadableRow } from './event-row.ts';
import { storageCall } from './storage-call.ts';

/** BatchWriteItem accepts at most 25 items and 16 MB (DynamoDB API reference). 25 items have at most 10 MB. */
const chunkSize = 25;
/** Limit on concurrent writes of chunks. 1,000 events are 40 chunks, which fit into the SDK's connection pool of 50. */
const maxConcurrentChunks = 10;
const firstBackoffMs = 25;
const maxBackoffMs = 1_000;

interface EventLogOptions {
  readonly tableName: string;
  /** How long the event log keeps an event. */
  readonly retentionMs: number;
  readonly now: Clock;
  readonly sleep: Sleep;
}

/**
 * The event log in DynamoDB. The row of an event depends only on the event, not on the time or number of its
 * deliveries. Therefore a repeated event writes an identical row. Items that DynamoDB leaves unprocessed are retried
 * with backoff until the time is up.
 */
export function createEventLog(
  client: DynamoDBClient,
  { tableName, retentionMs, now, sleep }: EventLogOptions,
): EventLog {
  async function writeChunk(chunk: readonly WriteRequest[], time: TimeBudget): Promise<void> {
    let left = chunk;
    for (let attempt = 0; ; attempt += 1) {
      left = await write(left);
      if (left.length === 0) return;
      // Full jitter, so that throttled containers do not retry at the same time.
      const pauseMs = Math.random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** attempt);
      if (time.isUp(pauseMs)) {
        throw new StorageUnavailable(`Could not store ${left.length} of ${chunk.length} rows in time`);
      }
      await sleep(pauseMs);
    }
  }

  async function write(requests: readonly WriteRequest[]): Promise<readonly WriteRequest[]> {
    const { UnprocessedItems } = await storageCall('store events in the event log', () =>
      client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: [...requests] } })),
    );
    return UnprocessedItems?.[tableName] ?? [];
  }

  return {
    async append(rows, time) {
      const requests = rows.map((row) => ({
        PutRequest: {
          Item:
            'reason' in row ? toUnreadableRow(row, retentionMs, now()) : toEventRow(row, retentionMs, now()),
        },
      }));
      await mapBounded(chunksOf(requests), maxConcurrentChunks, (chunk) => writeChunk(chunk, time));
    },
  };
}

function chunksOf<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / chunkSize);
  return Array.from({ length: count }, (_, index) => items.slice(index * chunkSize, (index + 1) * chunkSize));
}
