import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Writes logs and metrics. They contain only names, ids and counts: no header values, bodies, tokens or secrets. */
export interface Telemetry {
  /** Sets the correlation id of all further lines. It identifies a delivery, a batch or an operation. */
  correlate(id: string): void;
  info(message: string, facts: Facts): void;
  warn(message: string, facts: Facts): void;
  error(message: string, facts: Facts): void;
  /** Adds to a count. A dimension must have few values, because each value is a separate metric that is billed. */
  count(metric: string, amount?: number, dimension?: Readonly<Record<string, string>>): void;
  /** Records a duration in milliseconds. */
  measure(metric: string, ms: number): void;
  /** Adds facts to the log line of this invocation's counts, so that no further line is needed. */
  note(facts: Facts): void;
  /** Writes the counts of this invocation. */
  flush(): void;
}

export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The environment variables that every function has for its logs and metrics. */
export interface TelemetryNames {
  /** The name of the function. */
  readonly POWERTOOLS_SERVICE_NAME: string;
  readonly POWERTOOLS_METRICS_NAMESPACE: string;
}

/** Creates structured logs, and CloudWatch metrics in embedded metric format. Both use Powertools. */
export function createTelemetry(names: TelemetryNames): Telemetry {
  const serviceName = names.POWERTOOLS_SERVICE_NAME;
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ serviceName, namespace: names.POWERTOOLS_METRICS_NAMESPACE });
  let correlationId: string | undefined;
  // Add the id to each line, not to the logger. The logger would merge its attributes for every delivery, but few
  // deliveries write a line.
  const correlated = (facts: Facts): Facts => ({ correlation_id: correlationId, ...facts });
  return {
    correlate(id) {
      correlationId = id;
    },
    info: (message, facts) => logger.info(message, correlated(facts)),
    warn: (message, facts) => logger.warn(message, correlated(facts)),
    error: (message, facts) => logger.error(message, correlated(facts)),
    count(metric, amount = 1, dimension) {
      if (dimension === undefined) {
        metrics.addMetric(metric, MetricUnit.Count, amount);
        return;
      }
      const single = metrics.singleMetric();
      single.addDimensions({ ...dimension });
      single.addMetric(metric, MetricUnit.Count, amount);
    },
    measure: (metric, ms) => {
      metrics.addMetric(metric, MetricUnit.Milliseconds, ms);
    },
    note(facts) {
      for (const [name, fact] of Object.entries(facts)) {
        if (fact !== undefined) metrics.addMetadata(name, String(fact));
      }
    },
    flush() {
      // Powertools logs a warning if there are no metrics.
      if (!metrics.hasStoredMetrics()) return;
      if (correlationId !== undefined) metrics.addMetadata('correlation_id', correlationId);
      metrics.publishStoredMetrics();
    },
  };
}

/** The maximum number of ids in a log line. */
const maxIds = 25;

/** Formats event ids for a log line, so that an event can be found in every function's log. Shows at most 25 ids. */
export function listOfIds(ids: readonly string[]): string {
  const rest = ids.length - maxIds;
  return ids.slice(0, maxIds).join(' ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Returns the name and stack of an unexpected error, without its message: the message may quote the processed data. */
export function originOf(error: unknown): Facts {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: frames.slice(0, 5).join('\n') };
}
