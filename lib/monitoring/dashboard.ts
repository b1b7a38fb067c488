import { Duration, Stack } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Api } from '../api.ts';
import type { Dispatcher } from '../functions/dispatcher.ts';
import type { Management } from '../functions/management.ts';

const period = Duration.minutes(5);
const width = 8;

export interface DashboardProps {
  readonly api: Api;
  readonly dispatcher: Dispatcher;
  readonly management: Management;
}

/** The way of an event on one page: from Asana's requests over store and stream to the bus, and what is left behind. */
export class WebhooksDashboard extends Construct {
  private readonly deadLetters = graph('Dead letters', []);

  constructor(scope: Construct, id: string, { api, dispatcher, management }: DashboardProps) {
    super(scope, id);
    const sum = { period, statistic: Stats.SUM };
    new Dashboard(this, 'Dashboard', {
      widgets: [
        [
          graph('Deliveries', [
            this.own('receiver', 'Deliveries'),
            this.own('receiver', 'Heartbeats'),
            this.own('receiver', 'UnsignedHeartbeats'),
            this.own('receiver', 'Handshakes'),
          ]),
          graph('Events', [this.own('receiver', 'EventsStored'), this.own('dispatcher', 'EventsPublished')]),
          graph('Refusals by reason', [this.byDimension('receiver', 'reason', 'Refusals')]),
        ],
        [
          graph(
            'Milliseconds until Asana has its answer',
            percentiles((statistic) => api.httpApi.metricLatency({ period, statistic, label: statistic })),
          ),
          graph(
            'Milliseconds from store to bus',
            percentiles((statistic) => this.own('dispatcher', 'ReceiveToBus', statistic)),
          ),
          graph('Milliseconds that the stream is behind', [
            dispatcher.function.metric('IteratorAge', { period, statistic: Stats.MAXIMUM }),
          ]),
        ],
        [
          this.deadLetters,
          graph('Refusals and failures of the endpoint', [
            api.httpApi.metricClientError(sum),
            api.httpApi.metricServerError(sum),
          ]),
          graph('Management errors', [
            this.byDimension('management', 'error', 'ManagementErrors'),
            management.function.metricErrors(sum),
          ]),
        ],
      ],
    });
  }

  /** Adds the depth of a dead-letter queue. */
  addDeadLetters(name: string, depth: Metric): void {
    this.deadLetters.addLeftMetric(depth.with({ label: name }));
  }

  /** One of our own metrics. Powertools names the function as `service`. */
  private own(service: string, metricName: string, statistic: string = Stats.SUM): Metric {
    return new Metric({
      namespace: Stack.of(this).stackName,
      metricName,
      dimensionsMap: { service },
      statistic,
      period,
      label: statistic === Stats.SUM ? metricName : statistic,
    });
  }

  /** A line for each value that the dimension has had. */
  private byDimension(service: string, dimension: string, metricName: string): MathExpression {
    const { stackName } = Stack.of(this);
    const search = `{"${stackName}",${dimension},service} MetricName="${metricName}" service="${service}"`;
    return new MathExpression({
      expression: `SEARCH('${search}', 'Sum', ${period.toSeconds()})`,
      label: '',
      period,
    });
  }
}

function percentiles(metric: (statistic: string) => IMetric): IMetric[] {
  return [Stats.percentile(50), Stats.percentile(99)].map(metric);
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, width, left, leftYAxis: { min: 0, showUnits: false } });
}
