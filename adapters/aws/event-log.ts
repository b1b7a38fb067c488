import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../../core/bounded.ts';
import { StorageUnavailable } from '../../core/errors.ts';
import type { Clock, EventLog } from '../../core/subscriptions/ports.ts';
import { toEventRow } from './event-row.ts';
import { storageCall } from './storage-call.ts';

/** BatchWriteItem takes 25 items at the most (DynamoDB API reference). */
const chunkSize = 25;
/** Chunks in flight; 1,000 events are 40 chunks, which the SDK's connection pool of 50 carries. */
const maxConcurrentChunks = 10;
const firstBackoffMs = 25;
const maxBackoffMs = 1_000;

/**
 * The event log in DynamoDB. An event's row depends on the event alone, not on when or how often it came, so
 * a repeated one is an identical put. Items that DynamoDB leaves unprocessed are tried again with backoff
 * until the deadline.
 */
export function createEventLog(
  client: DynamoDBClient,
  { tableName, retentionMs, now }: { tableName: string; retentionMs: number; now: Clock },
): EventLog {
  async function writeChunk(chunk: readonly WriteRequest[], deadline: Date): Promise<void> {
    let left = chunk;
    for (let attempt = 0; ; attempt += 1) {
      left = await write(left);
      if (left.length === 0) return;
      // Full jitter, so that throttled containers do not come back together.
      const pauseMs = Math.random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** attempt);
      if (now().getTime() + pauseMs >= deadline.getTime()) {
        throw new StorageUnavailable(`Could not store ${left.length} of ${chunk.length} events in time`);
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
    async append(events, deadline) {
      const requests = events.map((event) => ({
        PutRequest: { Item: toEventRow(event, retentionMs, now()) },
      }));
      await mapBounded(chunksOf(requests), maxConcurrentChunks, (chunk) => writeChunk(chunk, deadline));
    },
  };
}

function chunksOf<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / chunkSize);
  return Array.from({ length: count }, (_, index) => items.slice(index * chunkSize, (index + 1) * chunkSize));
}
