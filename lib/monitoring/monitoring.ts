import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type CreateAlarmOptions,
  type IAlarmAction,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Api } from '../api.ts';
import type { DeadLetterQueue } from '../delivery/dead-letter-queue.ts';
import type { Dispatcher } from '../functions/dispatcher.ts';
import type { Management } from '../functions/management.ts';
import { WebhooksDashboard } from './dashboard.ts';

export interface MonitoringProps {
  readonly api: Api;
  readonly dispatcher: Dispatcher;
  readonly management: Management;
  readonly dashboard: boolean;
  readonly alarmActions: readonly IAlarmAction[];
  /** The address of the runbook. */
  readonly runbookUrl: string;
}

/** The settings of an alarm, and its meaning for people. */
interface Watch extends Pick<CreateAlarmOptions, 'threshold'> {
  readonly metric: IMetric;
  /** What the alarm means, in one or two sentences, for a reader who does not know the code. */
  readonly means: string;
  /** The anchor of the alarm's entry in the runbook. */
  readonly entry: string;
  /** Number of consecutive periods. @default 1 */
  readonly periods?: number;
}

/** The alarms and the dashboard. Each alarm has an entry in the runbook. */
export class Monitoring extends Construct {
  private readonly props: MonitoringProps;
  private readonly dashboard?: WebhooksDashboard;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.props = props;
    const { api, dispatcher, management } = props;
    this.watch('EventsNotStored', {
      metric: api.httpApi.metricServerError({ period: Duration.minutes(5), statistic: Stats.SUM }),
      threshold: 5,
      means:
        'Events from Asana are not stored. Nothing is lost yet: Asana retries for 24 hours and then deletes the webhooks.',
      entry: 'events-are-not-stored',
    });
    this.watch('AnswersSlow', {
      metric: api.httpApi.metricLatency({ period: Duration.minutes(5), statistic: Stats.percentile(99) }),
      threshold: 5_000,
      periods: 3,
      means:
        'The endpoint takes seconds to answer Asana. After 10 seconds Asana gives up and sends the same events again.',
      entry: 'answers-are-slow',
    });
    this.watch('SignaturesRefused', {
      metric: new Metric({
        namespace: Stack.of(this).stackName,
        metricName: 'Refusals',
        dimensionsMap: { service: 'receiver', reason: 'wrong-signature' },
        statistic: Stats.SUM,
        period: Duration.minutes(15),
      }),
      threshold: 10,
      means:
        'Requests with wrong signatures are refused. Either the requests are forged, or the stored secret of a webhook differs from the secret that Asana uses.',
      entry: 'signatures-are-refused',
    });
    this.watch('StreamBehind', {
      metric: dispatcher.function.metric('IteratorAge', {
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      threshold: Duration.minutes(5).toMilliseconds(),
      periods: 3,
      means: 'Stored events reach the bus minutes late, or not at all. The events are safe in the event log.',
      entry: 'the-stream-is-behind',
    });
    this.watch('ManagementFails', {
      metric: management.function.metricErrors({ period: Duration.minutes(15), statistic: Stats.SUM }),
      threshold: 5,
      means: 'Operations on webhooks fail. The caller receives the error with its reason.',
      entry: 'management-fails',
    });
    if (props.dashboard)
      this.dashboard = new WebhooksDashboard(this, 'Dashboard', { api, dispatcher, management });
  }

  /** Adds an alarm for the messages in a dead-letter queue. */
  watchDeadLetters(name: string, { queue }: DeadLetterQueue): void {
    const depth = queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: Stats.MAXIMUM,
    });
    this.dashboard?.addDeadLetters(name, depth);
    this.watch(`DeadLetters-${name}`, {
      metric: depth,
      threshold: 1,
      means:
        name === 'dispatcher'
          ? 'Events could not be put on the bus. They are in the event log and can be sent again.'
          : `Events could not be delivered to the consumer ${name}. They are in its dead-letter queue and can be sent again.`,
      entry: 'events-are-dead-letters',
    });
  }

  private watch(id: string, { metric, threshold, periods = 1, means, entry }: Watch): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Without traffic there is no data. That is not a failure.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${means} What to do: ${this.props.runbookUrl}#${entry}`,
    });
    for (const action of this.props.alarmActions) alarm.addAlarmAction(action);
  }
}
