import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createAuthorizationServer } from '../../adapters/asana/authorization-server.ts';
import { createAsanaClient, createTokenClient } from '../../adapters/asana/client.ts';
import { createPaces } from '../../adapters/asana/pace.ts';
import { briefRetryPolicy, defaultRetryPolicy } from '../../adapters/asana/retry.ts';
import { createConnectionStore } from '../../adapters/aws/connection-store.ts';
import { createDeadLetterQueues } from '../../adapters/aws/dead-letter-queues.ts';
import { createDeadLetterSink } from '../../adapters/aws/dead-letter-sink.ts';
import { createEncryptionKeys } from '../../adapters/aws/encryption-keys.ts';
import { createEventBus } from '../../adapters/aws/event-bus.ts';
import { createEventReader } from '../../adapters/aws/event-reader.ts';
import { createEventStream } from '../../adapters/aws/event-stream.ts';
import { createIdempotencyRecords } from '../../adapters/aws/idempotency-records.ts';
import { createLeases } from '../../adapters/aws/leases.ts';
import { createOAuthApp } from '../../adapters/aws/oauth-app.ts';
import { createOAuthRequests } from '../../adapters/aws/oauth-requests.ts';
import { createRegistry } from '../../adapters/aws/registry.ts';
import { openRegistryTable } from '../../adapters/aws/registry-table.ts';
import { createReplays } from '../../adapters/aws/replays.ts';
import { createAccessTokens } from '../../core/connections/access-tokens.ts';
import { createOwners } from '../../core/connections/owners.ts';
import { type TimeBudget, timeOf } from '../../core/time-budget.ts';
import { clientConfig, type Platform } from '../runtime/platform.ts';
import { createProbe } from '../runtime/probe.ts';
import type { ManagementEnvironment } from './env.ts';
import type { Services } from './operations.ts';

/** The URL of the dispatcher's queue, and of the queue of each consumer by its name. */
type QueueUrls = { readonly dispatcher: string } & Readonly<Record<string, string>>;

/** Creates the clients once per container. Services that depend on the remaining time are created per invocation. */
export function createServices(
  env: ManagementEnvironment,
  platform: Platform,
): (time: TimeBudget) => Services {
  const { now, sleep, random, fetch, timeout } = platform;
  const baseUrl = env.ASANA_BASE_URL;
  const dynamodb = new DynamoDBClient(clientConfig(platform, 'dynamodb'));
  const streams = new DynamoDBStreamsClient(clientConfig(platform, 'dynamodbStreams'));
  const secrets = new SecretsManagerClient(clientConfig(platform, 'secretsManager'));
  const sqs = new SQSClient({ ...clientConfig(platform, 'sqs'), useQueueUrlAsEndpoint: false });
  // Disable the retries of the SDK: each entry that the bus did not accept is retried on its own.
  const eventBridge = new EventBridgeClient({ ...clientConfig(platform, 'eventBridge'), maxAttempts: 1 });

  const queueUrls = JSON.parse(env.DEAD_LETTER_QUEUE_URLS) as QueueUrls;

  const app = createOAuthApp(secrets, env.OAUTH_APP_SECRET_ID);
  const authorization = createAuthorizationServer({ baseUrl, app, fetch, now, timeout });
  const connections = createConnectionStore(secrets, env.CONNECTION_SECRET_PREFIX);
  const table = openRegistryTable(dynamodb, { tableName: env.REGISTRY_TABLE_NAME, now });
  const leases = createLeases(table);
  const tokens = createAccessTokens({ connections, authorization, leases, now, sleep });
  const paceOf = createPaces({ now, sleep });
  const encryptionKeys = createEncryptionKeys(secrets, env.ENCRYPTION_KEY_SECRET_ID);

  const unchanging = {
    registry: createRegistry(table, now),
    leases,
    idempotency: createIdempotencyRecords(table),
    connections,
    authorization,
    oauthRequests: createOAuthRequests(table),
    forgetToken: tokens.forget,
    encryptionKeys,
    owners: createOwners({
      connections,
      encryptionKeys,
      tokens,
      asanaOf: (token) => {
        const policy = briefRetryPolicy;
        return createTokenClient(token, { baseUrl, policy, time: timeOf(policy.budgetMs, now), ...platform });
      },
      now,
    }),
    events: createEventReader(dynamodb, env.EVENT_LOG_TABLE_NAME),
    eventRetentionMs: Number(env.EVENT_RETENTION_DAYS) * 24 * 3_600_000,
    stream: createEventStream(streams, sleep),
    bus: createEventBus(eventBridge, env.EVENT_BUS_NAME),
    replays: createReplays(table),
    deadLetters: createDeadLetterQueues(sqs, queueUrls),
    undeliverable: createDeadLetterSink(sqs, queueUrls.dispatcher),
    probe: createProbe(platform),
    returnUrls: env.OAUTH_RETURN_URLS.split(',').filter((url) => url !== ''),
    publicBaseUrl: env.PUBLIC_BASE_URL,
    now,
    sleep,
    random,
  };
  return (time) => ({
    ...unchanging,
    time,
    asana: (connection: string, requestsPerMinute?: number) =>
      createAsanaClient({
        baseUrl,
        token: tokens.of(connection),
        pace: requestsPerMinute === undefined ? undefined : paceOf(connection, requestsPerMinute),
        policy: defaultRetryPolicy,
        time,
        ...platform,
      }),
    asanaOf: (token: string) =>
      createTokenClient(token, { baseUrl, policy: defaultRetryPolicy, time, ...platform }),
  });
}
