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

/** A dashboard that follows an event: Asana's requests, the event log, its stream, the bus and the dead letters. */
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
          graph('Events', [
            this.own('receiver', 'EventsStored'),
            this.own('receiver', 'EventsUnreadable'),
            this.own('dispatcher', 'EventsPublished'),
          ]),
          graph('Refusals by reason', [this.byDimension('receiver', 'reason', 'Refusals')]),
        ],
        [
          graph(
            'Time to answer Asana (ms)',
            percentiles((statistic) => api.httpApi.metricLatency({ period, statistic, label: statistic })),
          ),
          graph(
            'Time from event log to bus (ms)',
            percentiles((statistic) => this.own('dispatcher', 'ReceiveToBus', statistic)),
          ),
          graph('Delay of the stream (ms)', [
            dispatcher.function.metric('IteratorAge', { period, statistic: Stats.MAXIMUM }),
          ]),
        ],
        [
          this.deadLetters,
          graph('4xx and 5xx answers of the endpoint', [
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

  /** A metric of our functions. Powertools puts the function name into the dimension `service`. */
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

  /** One line for each value of the dimension. */
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
