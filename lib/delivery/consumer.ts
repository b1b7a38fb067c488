import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IEventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { type EventSelection, patternFor } from './event-selection.ts';

/** How often and how long EventBridge tries to hand an event to a consumer. */
export interface RetryPolicy {
  /**
   * How often it is tried again.
   *
   * @default 185
   */
  readonly retryAttempts?: number;
  /**
   * For how long it is tried, up to 24 hours.
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

/** Somebody who gets events of the bus: a rule with its own retry policy and dead-letter queue. */
export class Consumer extends Construct {
  readonly rule: Rule;
  /** What the consumer could not take. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', props);
    this.rule = new Rule(this, 'Rule', {
      eventBus: props.bus,
      description: `Events of Asana for ${id}`,
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
   * EventBridge is done once Lambda has queued an event; what the function then fails on is Lambda's to keep
   * (Lambda developer guide, "Retaining records of asynchronous invocations"). Left alone where the function says
   * itself what happens to it, or stands in another stack, which would then need this one and be needed by it.
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
