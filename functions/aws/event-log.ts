import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../domain/bounded.ts';
import { StorageUnavailable } from '../domain/errors.ts';
import type { LoggedEvent } from '../domain/event.ts';
import type { Clock, EventLog } from '../domain/ports.ts';
import { epochSeconds, type Row } from './registry-row.ts';
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

/** The sort key: by time, then by event id. An event without a time sorts behind all others. */
export function sortKeyOf({ createdAt, eventId }: Pick<LoggedEvent, 'createdAt' | 'eventId'>): string {
  return `${createdAt ?? 'unknown'}#${eventId}`;
}

function toEventRow(logged: LoggedEvent, retentionMs: number, now: Date): Row {
  const { subscription, eventId, createdAt, webhookGid, connection, watched, event } = logged;
  // From the event's own time, so that a repeated delivery writes the very same row.
  const expiresAt = (createdAt ? Date.parse(createdAt) : now.getTime()) + retentionMs;
  return {
    subscription: { S: subscription },
    sortKey: { S: sortKeyOf(logged) },
    eventId: { S: eventId },
    webhookGid: { S: webhookGid },
    connection: { S: connection },
    watched: { S: watched },
    event: { S: JSON.stringify(event) },
    expiresAt: { N: epochSeconds(new Date(expiresAt)) },
  };
}

function chunksOf<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / chunkSize);
  return Array.from({ length: count }, (_, index) => items.slice(index * chunkSize, (index + 1) * chunkSize));
}
