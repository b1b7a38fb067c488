import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DispatcherEnvironment } from '../../functions/dispatcher/env.ts';
import type { Bus } from '../delivery/bus.ts';
import { DeadLetterQueue } from '../delivery/dead-letter-queue.ts';
import type { EventLog } from '../storage/event-log.ts';
import { BundledFunction, type FunctionProps } from './bundled-function.ts';

export interface DispatcherProps extends FunctionProps {
  readonly eventLog: EventLog;
  readonly bus: Bus;
}

/** The function that sends new events from the event log's stream to the bus. */
export class Dispatcher extends BundledFunction<DispatcherEnvironment> {
  /** The events that could not be put on the bus. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: DispatcherProps) {
    const deadLetters = new DeadLetterQueue(scope, 'DispatcherDeadLetters', props);
    super(scope, id, {
      ...props,
      name: 'dispatcher',
      description: 'Sends new Asana events from the event log to the event bus',
      timeout: Duration.seconds(60),
      memorySize: 512,
      environment: {
        EVENT_BUS_NAME: props.bus.eventBus.eventBusName,
        DEAD_LETTER_QUEUE_URL: deadLetters.queue.queueUrl,
        POWERTOOLS_SERVICE_NAME: 'dispatcher',
        POWERTOOLS_METRICS_NAMESPACE: Stack.of(scope).stackName,
      },
    });
    this.deadLetters = deadLetters;
    props.bus.grantPut(this.function);
    deadLetters.grantSend(this.function);
    props.eventLog.grantReadStream(this.function);
    // Lambda lists streams to find the stream that it reads. ListStreams supports no resource-level permissions.
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
    );
    new EventSourceMapping(this, 'Stream', {
      target: this.function,
      eventSourceArn: props.eventLog.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      // Pass on new events only. A repeated event makes no record or a MODIFY; an expired event makes a REMOVE.
      filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT') })],
      batchSize: 100,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // Retry during an outage of several hours. 6 hours is well below the 24 hours for which the stream keeps a
      // record, so a redrive can still read a record that Lambda gave up.
      maxRecordAge: Duration.hours(6),
      retryAttempts: 1_000,
      onFailure: { bind: () => ({ destination: deadLetters.queue.queueArn }) },
    }).node.addDependency(this.function.role ?? this.function);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'dynamodb:ListStreams supports no resource in a policy. It returns only the names of streams.',
    });
  }
}
