import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { type BusEvent, parseBusEvent } from '../contract/events/bus-event.ts';

export interface OnceOptions {
  /** The table that stores the ids of handled events: partition key `id`, time to live `expiration`. */
  readonly tableName: string;
  /**
   * Whether to handle a replayed event again if it was handled before. If false, a replay only makes up for missed
   * events.
   *
   * @default false
   */
  readonly repeatsForReplay?: boolean;
  /** How long an event id is remembered, in seconds. @default 30 days, the default retention of the event log */
  readonly rememberSeconds?: number;
  /** The client for the table. @default - a new client with the region and the credentials of the function */
  readonly dynamodb?: DynamoDBClient;
}

/**
 * Returns a Lambda handler that calls the function `handle` once for each event, however often the event arrives. The
 * idempotency utility of Powertools remembers the event id. If `handle` fails, the event id is forgotten, so that
 * EventBridge's retry calls `handle` again.
 */
export function once(
  handle: (event: BusEvent) => Promise<void>,
  { tableName, repeatsForReplay = false, rememberSeconds = 30 * 24 * 3_600, dynamodb }: OnceOptions,
): (event: unknown, context: Context) => Promise<void> {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: repeatsForReplay ? 'detail.[id, replay.id]' : 'detail.id',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: rememberSeconds,
  });
  const handleOnce = makeIdempotent(handle, {
    persistenceStore: new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: dynamodb }),
    config,
  });
  return async (event, context) => {
    config.registerLambdaContext(context);
    await handleOnce(parseBusEvent(event));
  };
}
