import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { createEncryptionKeys } from '../../adapters/aws/encryption-keys.ts';
import { createEventLog } from '../../adapters/aws/event-log.ts';
import { createReceiverRegistry } from '../../adapters/aws/receiver-registry.ts';
import { createHookLookup, type VerifiableHook } from '../../core/receiving/lookup.ts';
import { type ReceiveServices, receive } from '../../core/receiving/receive.ts';
import { timeOf } from '../../core/time-budget.ts';
import { createCache } from '../runtime/cache.ts';
import { bodyOf, headerOf } from '../runtime/http.ts';
import { clientConfig, type Platform } from '../runtime/platform.ts';
import { createTelemetry, originOf } from '../runtime/telemetry.ts';
import type { ReceiverEnvironment } from './env.ts';
import { report } from './report.ts';
import { refuse, respond } from './respond.ts';

/** Asana waits 10 s for an answer (webhooks guide). The difference is for the network and a cold start. */
const answerWithinMs = 7_500;

/** The limits of the webhook cache in a container. The receiver notices a deletion within 30 s. */
const lookupLimits = { maxEntries: 1_000, ttlMs: 30_000, negativeTtlMs: 10_000 };

/** Returns the handler that answers Asana's requests at `POST /webhooks/{hookKey}`. */
export function createReceiver(env: ReceiverEnvironment, platform: Platform) {
  const telemetry = createTelemetry(env);
  const services = createServices(env, platform);

  return async (
    event: APIGatewayProxyEventV2,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    // The access log contains the same id.
    telemetry.correlate(event.requestContext.requestId);
    const budgetMs = Math.min(answerWithinMs, context.getRemainingTimeInMillis() - 500);
    try {
      const outcome = await receive(
        {
          method: event.requestContext.http.method,
          hookKey: event.pathParameters?.hookKey ?? '',
          secret: headerOf(event, 'X-Hook-Secret'),
          signature: headerOf(event, 'X-Hook-Signature'),
          body: bodyOf(event),
          time: timeOf(budgetMs, platform.now),
        },
        services,
      );
      report(outcome, telemetry);
      return respond(outcome);
    } catch (error) {
      telemetry.count('Refusals', 1, { reason: 'unexpected' });
      telemetry.error('unexpected failure', originOf(error));
      return refuse(500, 'unexpected');
    } finally {
      telemetry.flush();
    }
  };
}

/** Creates the clients once per container. */
function createServices(env: ReceiverEnvironment, platform: Platform): ReceiveServices {
  const { now, sleep, schedule } = platform;
  const retentionMs = Number(env.EVENT_RETENTION_DAYS) * 24 * 3_600_000;
  const dynamodb = new DynamoDBClient(clientConfig(platform, 'dynamodb'));
  const registry = createReceiverRegistry(dynamodb, env.REGISTRY_TABLE_NAME, now);
  const encryptionKeys = createEncryptionKeys(
    new SecretsManagerClient(clientConfig(platform, 'secretsManager')),
    env.ENCRYPTION_KEY_SECRET_ID,
  );
  const tableName = env.EVENT_LOG_TABLE_NAME;
  return {
    registry,
    encryptionKeys,
    lookup: createHookLookup(registry, encryptionKeys, createCache<VerifiableHook>(lookupLimits, now)),
    eventLog: createEventLog(dynamodb, { tableName, retentionMs, now, sleep }),
    now,
    schedule,
    retentionMs,
  };
}
