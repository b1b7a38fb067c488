import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** What a function reports. Only names, ids and counts go in: no header values, bodies, tokens or secrets. */
export interface Telemetry {
  /** Names the invocation in every line that follows: a delivery, a batch or an operation. */
  correlate(id: string): void;
  info(message: string, facts: Facts): void;
  warn(message: string, facts: Facts): void;
  error(message: string, facts: Facts): void;
  /** Counts something. A dimension is bounded: each of its values is a metric of its own, and is paid for. */
  count(metric: string, amount?: number, dimension?: Readonly<Record<string, string>>): void;
  /** Measures how long something took, in milliseconds. */
  measure(metric: string, ms: number): void;
  /** Puts facts into the line that carries this invocation's counts, so that no further line is needed. */
  note(facts: Facts): void;
  /** Sends the counts of this invocation. */
  flush(): void;
}

export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The names that every function has in its environment for its logs and metrics. */
export interface TelemetryNames {
  /** The name of the function. */
  readonly POWERTOOLS_SERVICE_NAME: string;
  readonly POWERTOOLS_METRICS_NAMESPACE: string;
}

/** Structured logs and CloudWatch metrics in embedded format, both by Powertools. */
export function createTelemetry(names: TelemetryNames): Telemetry {
  const serviceName = names.POWERTOOLS_SERVICE_NAME;
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ serviceName, namespace: names.POWERTOOLS_METRICS_NAMESPACE });
  let correlationId: string | undefined;
  // Put into each line, and not into the logger: that would merge its attributes for every delivery, of which few
  // write a line.
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
      // Powertools warns where there is nothing to send.
      if (!metrics.hasStoredMetrics()) return;
      if (correlationId !== undefined) metrics.addMetadata('correlation_id', correlationId);
      metrics.publishStoredMetrics();
    },
  };
}

/** Ids in a line. */
const maxIds = 25;

/** Event ids for a log line, by which an event is found in every function's log. More than a few are cut off. */
export function listOfIds(ids: readonly string[]): string {
  const rest = ids.length - maxIds;
  return ids.slice(0, maxIds).join(' ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Where an unexpected error came from. Its message is left out: it may quote what was being worked on. */
export function originOf(error: unknown): Facts {
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: frames.slice(0, 5).join('\n') };
}
