import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { createSealingKeys } from '../../adapters/aws/encryption-keys.ts';
import { createEventLog } from '../../adapters/aws/event-log.ts';
import { createReceiverRegistry } from '../../adapters/aws/receiver-registry.ts';
import { createWebhookLookup, type KnownWebhook } from '../../core/receiving/lookup.ts';
import { type ReceiveServices, receive } from '../../core/receiving/receive.ts';
import { createCache } from '../runtime/cache.ts';
import { readEnvironment } from '../runtime/env.ts';
import { bodyOf, headerOf } from '../runtime/http.ts';
import { createTelemetry, originOf } from '../runtime/telemetry.ts';
import { receiverEnvironmentNames } from './env.ts';
import { report } from './report.ts';
import { refuse, respond } from './respond.ts';

/** Asana waits 10 s for an answer (webhooks guide); what is left pays for the way and a cold start. */
const answerWithinMs = 7_500;

/** What a container remembers of webhooks: a deletion is seen within half a minute. */
const lookupLimits = { maxEntries: 1_000, ttlMs: 30_000, negativeTtlMs: 10_000 };

const telemetry = createTelemetry();
const services = createServices();

/** Answers Asana's requests at `POST /webhooks/{hookKey}`. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<APIGatewayProxyStructuredResultV2> {
  // The id that the access log has, too.
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
        deadline: new Date(Date.now() + budgetMs),
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
}

function createServices(): ReceiveServices {
  const env = readEnvironment(receiverEnvironmentNames, process.env);
  const now = () => new Date();
  const retentionMs = Number(env.EVENT_RETENTION_DAYS) * 24 * 3_600_000;
  // Without throwing, the SDK only warns of a request that takes longer.
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
  const dynamodb = new DynamoDBClient({ requestHandler });
  const registry = createReceiverRegistry(dynamodb, env.REGISTRY_TABLE_NAME);
  const sealingKeys = createSealingKeys(
    new SecretsManagerClient({ requestHandler }),
    env.SEALING_KEY_SECRET_ID,
  );
  return {
    registry,
    sealingKeys,
    lookup: createWebhookLookup(registry, sealingKeys, createCache<KnownWebhook>(lookupLimits, now)),
    eventLog: createEventLog(dynamodb, { tableName: env.EVENT_LOG_TABLE_NAME, retentionMs, now }),
    now,
    retentionMs,
  };
}
