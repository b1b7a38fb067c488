import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBExtensionConfiguration } from '@aws-sdk/client-dynamodb';
import type { Clock, Schedule, Sleep, Timeout } from '../../core/clock.ts';

/** What a function takes from the machine that it runs on. Tests bring their own. */
export interface Platform {
  readonly now: Clock;
  readonly sleep: Sleep;
  readonly schedule: Schedule;
  readonly timeout: Timeout;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly fetch: typeof fetch;
  /** Where the SDK's clients find AWS. Nothing in AWS itself, where the SDK knows. */
  readonly aws: AwsConfig;
}

export interface AwsConfig {
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The address of each service that is somewhere else. */
  readonly endpoints?: Partial<Readonly<Record<AwsService, string>>>;
  /** Changes each client, which waits `requestTimeoutMs` for an answer. Tests put that waiting on their clock. */
  readonly extend?: (client: ClientParts, requestTimeoutMs: number) => void;
}

/** The parts of an SDK client that can be replaced, whatever its service. */
export type ClientParts = Pick<
  DynamoDBExtensionConfiguration,
  'httpHandler' | 'setHttpHandler' | 'retryStrategy' | 'setRetryStrategy'
>;

export type AwsService = 'dynamodb' | 'dynamodbStreams' | 'secretsManager' | 'sqs' | 'eventBridge';

/** The machine itself. */
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
 * The configuration of an SDK client. A request that takes longer than `requestTimeout` fails; without
 * `throwOnRequestTimeout` the SDK would only warn.
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
