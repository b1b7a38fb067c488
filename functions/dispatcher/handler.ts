import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createDeadLetterSink } from '../../adapters/aws/dead-letter-sink.ts';
import { createEventBus } from '../../adapters/aws/event-bus.ts';
import { type DispatchServices, dispatch } from '../../core/publishing/dispatch.ts';
import { readEnvironment } from '../runtime/env.ts';
import { createTelemetry, originOf } from '../runtime/telemetry.ts';
import { dispatcherEnvironmentNames } from './env.ts';
import { report } from './report.ts';
import { streamRecordsOf } from './stream-records.ts';

/**
 * How long the bus is tried before the stream is asked to try again: that is a new invocation, with whatever was
 * mended meanwhile. The rest of the invocation is for the last request, the dead-letter queue and the answer.
 */
const tryForMs = 15_000;

const telemetry = createTelemetry();
const services = createServices();

/**
 * Carries new events from the event log's stream to the bus.
 *
 * Answers where the stream must go on (Lambda developer guide, "Configuring partial batch response with DynamoDB
 * and Lambda"). Where that is the very first record, it fails instead, which comes to the same for the stream
 * and shows in Lambda's own error metric.
 */
export async function handler(
  event: DynamoDBStreamEvent,
  context: Pick<Context, 'awsRequestId'>,
): Promise<DynamoDBBatchResponse> {
  telemetry.correlate(context.awsRequestId);
  const records = streamRecordsOf(event);
  const deadline = new Date(Date.now() + tryForMs);
  try {
    const dispatched = await dispatch(records, { ...services, deadline });
    report(dispatched, telemetry, services.now());
    const { resumeAt } = dispatched;
    if (resumeAt === undefined) return { batchItemFailures: [] };
    if (resumeAt === records[0]) throw new NothingDispatched(records.length);
    return { batchItemFailures: [{ itemIdentifier: resumeAt.sequenceNumber }] };
  } catch (error) {
    if (!(error instanceof NothingDispatched)) telemetry.error('unexpected failure', originOf(error));
    throw error;
  } finally {
    telemetry.flush();
  }
}

/** The batch could not even be begun: the bus does not take its first event. */
class NothingDispatched extends Error {
  constructor(count: number) {
    super(`Could not put the first of ${count} events on the bus: the stream tries again`);
    this.name = 'NothingDispatched';
  }
}

function createServices(): Omit<DispatchServices, 'deadline'> {
  const env = readEnvironment(dispatcherEnvironmentNames, process.env);
  // Without throwing, the SDK only warns of a request that takes longer. What fails is tried again here, entry by
  // entry, and not by the SDK.
  const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
  return {
    bus: createEventBus(new EventBridgeClient({ requestHandler, maxAttempts: 1 }), env.EVENT_BUS_NAME),
    deadLetters: createDeadLetterSink(
      new SQSClient({ requestHandler, useQueueUrlAsEndpoint: false }),
      env.DEAD_LETTER_QUEUE_URL,
    ),
    now: () => new Date(),
    sleep,
    random: Math.random,
  };
}
