import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { createAuthorizationServer } from '../../adapters/asana/authorization-server.ts';
import { createAsanaWebhooks } from '../../adapters/asana/client.ts';
import { createPace, type Pace } from '../../adapters/asana/pace.ts';
import { defaultRetryPolicy } from '../../adapters/asana/retry.ts';
import { createIdempotencyClaims } from '../../adapters/aws/claims.ts';
import { createConnectionStore } from '../../adapters/aws/connection-store.ts';
import { createDeadLetterQueues } from '../../adapters/aws/dead-letter-queues.ts';
import { createSealingKeys } from '../../adapters/aws/encryption-keys.ts';
import { createEventBus } from '../../adapters/aws/event-bus.ts';
import { createEventReader } from '../../adapters/aws/event-reader.ts';
import { createEventStream } from '../../adapters/aws/event-stream.ts';
import { createManagementRegistry } from '../../adapters/aws/management-registry.ts';
import { createOAuthApp } from '../../adapters/aws/oauth-app.ts';
import { createOAuthRequests } from '../../adapters/aws/oauth-requests.ts';
import { createReplays } from '../../adapters/aws/replays.ts';
import { parsePayload } from '../../contract/payload.ts';
import { createAccessTokens } from '../../core/connections/access-tokens.ts';
import { ManagementError } from '../../core/errors.ts';
import { readEnvironment } from '../runtime/env.ts';
import { probe } from '../runtime/probe.ts';
import { createTelemetry, originOf } from '../runtime/telemetry.ts';
import { managementEnvironmentNames } from './env.ts';
import { operate, type Services } from './operations.ts';

/** What is kept of an invocation for its answer. */
const answerReserveMs = 1_000;

const telemetry = createTelemetry();
const servicesUntil = createServices();

/**
 * Carries out one management operation: `{ "operation": "createWebhook", … }`. Answers Asana's body with our
 * own facts under `registry`, or for what is ours alone `{ "data": … }`.
 *
 * @throws ManagementError with a stable name, so that callers can catch by it.
 */
export async function handler(
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
): Promise<object> {
  // The id that the caller has as the invocation's request id.
  telemetry.correlate(context.awsRequestId);
  const deadline = new Date(Date.now() + context.getRemainingTimeInMillis() - answerReserveMs);
  try {
    const payload = parsePayload(event);
    telemetry.count('Operations', 1, { operation: payload.operation });
    const result = await operate(payload, servicesUntil(deadline));
    telemetry.info('operation done', { operation: payload.operation });
    return result;
  } catch (error) {
    telemetry.count('ManagementErrors', 1, {
      error: error instanceof ManagementError ? error.name : 'unexpected',
    });
    telemetry.error('operation failed', factsOf(error));
    throw error;
  } finally {
    telemetry.flush();
  }
}

function factsOf(error: unknown) {
  return error instanceof ManagementError ? { error: error.name, detail: error.message } : originOf(error);
}

/** Builds the clients once per container; what depends on the invocation's end is made from them each time. */
function createServices(): (deadline: Date) => Services {
  const env = readEnvironment(managementEnvironmentNames, process.env);
  const now = () => new Date();
  // Without throwing, the SDK only warns of a request that takes longer.
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
  const dynamodb = new DynamoDBClient({ requestHandler });
  const secrets = new SecretsManagerClient({ requestHandler });
  const connections = createConnectionStore(secrets, env.CONNECTION_SECRET_PREFIX);
  const authorization = createAuthorizationServer({
    baseUrl: env.ASANA_BASE_URL,
    app: createOAuthApp(secrets, env.OAUTH_APP_SECRET_ID),
    fetch,
    now,
  });
  const claims = createIdempotencyClaims(dynamodb, env.REGISTRY_TABLE_NAME);
  const tokens = createAccessTokens({ connections, authorization, claims, now, sleep });
  // One for each connection and rate, so that whatever runs in this container shares it.
  const paces = new Map<string, Pace>();
  const paceOf = (connection: string, requestsPerMinute: number): Pace => {
    const key = `${connection} ${requestsPerMinute}`;
    const pace = paces.get(key) ?? createPace(requestsPerMinute, { now, sleep });
    paces.set(key, pace);
    return pace;
  };
  const unchanging = {
    registry: createManagementRegistry(dynamodb, env.REGISTRY_TABLE_NAME),
    claims,
    connections,
    authorization,
    oauthRequests: createOAuthRequests(dynamodb, env.REGISTRY_TABLE_NAME),
    forgetToken: tokens.forget,
    sealingKeys: createSealingKeys(secrets, env.SEALING_KEY_SECRET_ID),
    events: createEventReader(dynamodb, env.EVENT_LOG_TABLE_NAME),
    eventRetentionMs: Number(env.EVENT_RETENTION_DAYS) * 24 * 3_600_000,
    stream: createEventStream(new DynamoDBStreamsClient({ requestHandler })),
    // What fails is tried again entry by entry, and not by the SDK.
    bus: createEventBus(new EventBridgeClient({ requestHandler, maxAttempts: 1 }), env.EVENT_BUS_NAME),
    replays: createReplays(dynamodb, env.REGISTRY_TABLE_NAME),
    deadLetters: createDeadLetterQueues(
      new SQSClient({ requestHandler, useQueueUrlAsEndpoint: false }),
      JSON.parse(env.DEAD_LETTER_QUEUE_URLS) as Record<string, string>,
    ),
    probe,
    returnUrls: env.OAUTH_RETURN_URLS.split(',').filter((url) => url !== ''),
    publicBaseUrl: env.PUBLIC_BASE_URL,
    now,
    sleep,
    random: Math.random,
  };
  return (deadline) => ({
    ...unchanging,
    deadline,
    asana: (connection: string, requestsPerMinute?: number) =>
      createAsanaWebhooks({
        pace: requestsPerMinute === undefined ? undefined : paceOf(connection, requestsPerMinute),
        baseUrl: env.ASANA_BASE_URL,
        token: tokens.of(connection),
        fetch,
        now,
        sleep,
        random: Math.random,
        policy: defaultRetryPolicy,
        deadline,
      }),
  });
}
