import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { type BusEvent, parseBusEvent } from '../contract/events/bus-event.ts';

export interface OnceOptions {
  /** The table that remembers what was handled: partition key `id`, time to live `expiration`. */
  readonly tableName: string;
  /**
   * Whether an event that a replay sends is handled although it was handled before. Without it, a replay only
   * makes up for what was missed.
   *
   * @default false
   */
  readonly repeatsForReplay?: boolean;
  /** How long an event is remembered. @default 30 days, as long as the event log keeps it */
  readonly rememberSeconds?: number;
  /** The client for the table. @default - a new one, for the region and the credentials of the function */
  readonly dynamodb?: DynamoDBClient;
}

/**
 * Makes a Lambda handler of a function, that runs once for an event, however often the event comes: the event id
 * is remembered by Powertools' idempotency utility. A run that fails is forgotten, so that EventBridge's retry
 * runs it again.
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
