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

/** The function that carries new events from the event log's stream to the bus. */
export class Dispatcher extends BundledFunction<DispatcherEnvironment> {
  /** What cannot be put on the bus. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: DispatcherProps) {
    const deadLetters = new DeadLetterQueue(scope, 'DispatcherDeadLetters', props);
    super(scope, id, {
      ...props,
      name: 'dispatcher',
      description: 'Carries new Asana events from the event log to the event bus',
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
    // Lambda lists streams to find the one it reads; the action knows no resources.
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
    );
    new EventSourceMapping(this, 'Stream', {
      target: this.function,
      eventSourceArn: props.eventLog.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      // Only a new event travels on: a repeated one is no record or a MODIFY, an expired one a REMOVE.
      filters: [FilterCriteria.filter({ eventName: FilterRule.isEqual('INSERT') })],
      batchSize: 100,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // An outage of hours is waited for, and well within the 24 hours that the stream keeps its records, so that
      // what is given up can still be read from it.
      maxRecordAge: Duration.hours(6),
      retryAttempts: 1_000,
      onFailure: { bind: () => ({ destination: deadLetters.queue.queueArn }) },
    }).node.addDependency(this.function.role ?? this.function);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'dynamodb:ListStreams supports no resource in a policy; it only tells names of streams.',
    });
  }
}
