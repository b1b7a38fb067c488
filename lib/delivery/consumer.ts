import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IEventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { type EventSelection, patternFor } from './event-selection.ts';

/** How often and for how long EventBridge retries the delivery of an event to a consumer. */
export interface RetryPolicy {
  /**
   * The number of retries.
   *
   * @default 185
   */
  readonly retryAttempts?: number;
  /**
   * How long EventBridge retries, up to 24 hours.
   *
   * @default Duration.hours(24)
   */
  readonly maxEventAge?: Duration;
}

export interface ConsumerProps {
  readonly bus: IEventBus;
  readonly selection: EventSelection;
  readonly target: IRuleTarget;
  readonly retry?: RetryPolicy;
  readonly removalPolicy: RemovalPolicy;
}

/** A consumer of the bus: a rule with its own target, retry policy and dead-letter queue. */
export class Consumer extends Construct {
  readonly rule: Rule;
  /** The events that could not be delivered to the consumer. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', props);
    this.rule = new Rule(this, 'Rule', {
      eventBus: props.bus,
      description: `Sends events from Asana webhooks to the consumer ${id}`,
      eventPattern: patternFor(id, props.selection),
    });
    this.rule.addTarget({ bind: (rule, targetId) => this.bind(props, rule, targetId) });
    this.deadLetters.queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.deadLetters.queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': this.rule.ruleArn } },
      }),
    );
  }

  private bind({ target, retry = {} }: ConsumerProps, rule: Parameters<IRuleTarget['bind']>[0], id?: string) {
    const config = target.bind(rule, id);
    if (config.targetResource instanceof LambdaFunction) this.keepFailuresOf(config.targetResource);
    const maxEventAge = retry.maxEventAge ?? Duration.hours(24);
    return {
      ...config,
      retryPolicy: config.retryPolicy ?? {
        maximumRetryAttempts: retry.retryAttempts ?? 185,
        maximumEventAgeInSeconds: maxEventAge.toSeconds(),
      },
      deadLetterConfig: { arn: this.deadLetters.queue.queueArn },
    };
  }

  /**
   * Sends the events that the function fails on to the dead-letter queue. For EventBridge, the delivery succeeds as
   * soon as Lambda has queued the event. After that, only Lambda can keep a failed event (Lambda developer guide,
   * "Retaining records of asynchronous invocations"). A function that configures its own asynchronous invocations
   * stays unchanged. So does a function in another stack: the two stacks would depend on each other.
   */
  private keepFailuresOf(fn: LambdaFunction): void {
    const isConfigured = fn.node.tryFindChild('EventInvokeConfig') !== undefined;
    if (isConfigured || Stack.of(fn) !== Stack.of(this)) return;
    this.deadLetters.grantSend(fn);
    fn.configureAsyncInvoke({
      onFailure: { bind: () => ({ destination: this.deadLetters.queue.queueArn }) },
    });
  }
}
