import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBExtensionConfiguration } from '@aws-sdk/client-dynamodb';
import type { Clock, Schedule, Sleep, Timeout } from '../../core/clock.ts';

/** The parts of a function that depend on the machine. Tests replace them. */
export interface Platform {
  readonly now: Clock;
  readonly sleep: Sleep;
  readonly schedule: Schedule;
  readonly timeout: Timeout;
  /** Returns a number from 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  readonly fetch: typeof fetch;
  /** Where the SDK's clients find AWS. Empty in AWS itself: there the SDK has its own defaults. */
  readonly aws: AwsConfig;
}

export interface AwsConfig {
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The address of each service that is not at its default address. */
  readonly endpoints?: Partial<Readonly<Record<AwsService, string>>>;
  /** Modifies a client, which waits `requestTimeoutMs` for an answer. Tests replace this timeout with their clock. */
  readonly extend?: (client: ClientParts, requestTimeoutMs: number) => void;
}

/** The parts of an SDK client that can be replaced, for any service. */
export type ClientParts = Pick<
  DynamoDBExtensionConfiguration,
  'httpHandler' | 'setHttpHandler' | 'retryStrategy' | 'setRetryStrategy'
>;

export type AwsService = 'dynamodb' | 'dynamodbStreams' | 'secretsManager' | 'sqs' | 'eventBridge';

/** The platform of the real machine. */
export const platform: Platform = {
  now: () => new Date(),
  sleep,
  schedule(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  timeout: (ms) => AbortSignal.timeout(ms),
  random: Math.random,
  fetch: (...request) => fetch(...request),
  aws: {},
};

/**
 * Returns the configuration of an SDK client. A request that takes longer than `requestTimeout` (ms) fails. Without
 * `throwOnRequestTimeout`, the SDK would only log a warning.
 */
export function clientConfig({ aws }: Platform, service: AwsService, requestTimeout = 3_000) {
  const { endpoints, extend, ...config } = aws;
  const endpoint = endpoints?.[service];
  return {
    ...config,
    ...(endpoint !== undefined && { endpoint }),
    ...(extend !== undefined && {
      extensions: [{ configure: (client: ClientParts) => extend(client, requestTimeout) }],
    }),
    requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
  };
}
