import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { type BusEvent, parseBusEvent } from '../contract/events/bus-event.ts';

export interface OnceOptions {
  /** The table that stores the ids of handled events: partition key `id`, time to live `expiration`. */
  readonly tableName: string;
  /**
   * What counts as the same event.
   *
   * - `subscription`: an event is handled once for each subscription. If two subscriptions watch one project, for example
   *   for two customers, each of them has its own events.
   * - `event`: an event is handled once, even if several subscriptions receive it.
   *
   * @default 'subscription'
   */
  readonly by?: 'subscription' | 'event';
  /**
   * Whether to handle a replayed event again if it was handled before. If false, a replay only makes up for missed
   * events.
   *
   * @default false
   */
  readonly repeatsForReplay?: boolean;
  /** How long a handled event is remembered, in seconds. @default 30 days, the default retention of the event log */
  readonly rememberSeconds?: number;
  /** The client for the table. @default - a new client with the region and the credentials of the function */
  readonly dynamodb?: DynamoDBClient;
}

/**
 * Returns a Lambda handler that calls the function `handle` once for each event of a subscription, however often the
 * event arrives. The idempotency utility of Powertools remembers the subscription and the event id. If `handle` fails,
 * they are forgotten, so that EventBridge's retry calls `handle` again.
 */
export function once(
  handle: (event: BusEvent) => Promise<void>,
  {
    tableName,
    by = 'subscription',
    repeatsForReplay = false,
    rememberSeconds = 30 * 24 * 3_600,
    dynamodb,
  }: OnceOptions,
): (event: unknown, context: Context) => Promise<void> {
  const identity = by === 'subscription' ? ['subscription', 'id'] : ['id'];
  if (repeatsForReplay) identity.push('replay.id');
  const config = new IdempotencyConfig({
    eventKeyJmesPath: `detail.[${identity.join(', ')}]`,
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
