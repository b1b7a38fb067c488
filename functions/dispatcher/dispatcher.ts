import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createDeadLetterSink } from '../../adapters/aws/dead-letter-sink.ts';
import { createEventBus } from '../../adapters/aws/event-bus.ts';
import { type DispatchServices, dispatch } from '../../core/publishing/dispatch.ts';
import { timeOf } from '../../core/time-budget.ts';
import { clientConfig, type Platform } from '../runtime/platform.ts';
import { createTelemetry, originOf } from '../runtime/telemetry.ts';
import type { DispatcherEnvironment } from './env.ts';
import { report } from './report.ts';
import { streamRecordsOf } from './stream-records.ts';

/**
 * How long an invocation retries the bus before it returns the rest of the batch to the stream. The stream then starts
 * a new invocation, which benefits from a fix made in the meantime. The remaining time of this invocation is for the
 * last request, the dead-letter queue and the result.
 */
const tryForMs = 15_000;

const requestTimeoutMs = 5_000;

/**
 * Returns the handler that sends new events from the event log's stream to the bus.
 *
 * The handler returns the record at which the stream must continue (Lambda developer guide, "Configuring partial batch
 * response with DynamoDB and Lambda"). If that is the first record of the batch, the handler throws instead. For the
 * stream this has the same effect, and it counts in Lambda's own error metric.
 */
export function createDispatcher(env: DispatcherEnvironment, platform: Platform) {
  const telemetry = createTelemetry(env);
  const services = createServices(env, platform);

  return async (
    event: DynamoDBStreamEvent,
    context: Pick<Context, 'awsRequestId'>,
  ): Promise<DynamoDBBatchResponse> => {
    telemetry.correlate(context.awsRequestId);
    const records = streamRecordsOf(event);
    try {
      const dispatched = await dispatch(records, { ...services, time: timeOf(tryForMs, platform.now) });
      report(dispatched, telemetry, platform.now());
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
  };
}

/** No event of the batch was published: the bus did not accept the first event. */
class NothingDispatched extends Error {
  constructor(count: number) {
    super(`Could not put the first of ${count} events on the bus. The stream retries the batch.`);
    this.name = 'NothingDispatched';
  }
}

/** Builds the clients once per container. */
function createServices(env: DispatcherEnvironment, platform: Platform): Omit<DispatchServices, 'time'> {
  const { sleep, random } = platform;
  // Disable the retries of the SDK: the dispatcher retries each entry that the bus did not accept.
  const eventBridge = new EventBridgeClient({
    ...clientConfig(platform, 'eventBridge', requestTimeoutMs),
    maxAttempts: 1,
  });
  const sqs = new SQSClient({
    ...clientConfig(platform, 'sqs', requestTimeoutMs),
    useQueueUrlAsEndpoint: false,
  });
  return {
    bus: createEventBus(eventBridge, env.EVENT_BUS_NAME),
    deadLetters: createDeadLetterSink(sqs, env.DEAD_LETTER_QUEUE_URL),
    sleep,
    random,
  };
}
