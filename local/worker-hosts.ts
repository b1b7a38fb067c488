import type { DispatcherEnvironment } from '../functions/dispatcher/env.ts';
import type { ExampleConsumerEnvironment } from '../functions/example-consumer/env.ts';
import type { ManagementEnvironment } from '../functions/management/env.ts';
import type { OAuthEnvironment } from '../functions/oauth/env.ts';
import type { ReceiverEnvironment } from '../functions/receiver/env.ts';
import type { AwsService } from '../functions/runtime/platform.ts';
import { localAws } from './aws/account.ts';
import { type FunctionHost, startFunctionHost } from './aws/function-host.ts';

/** The functions by their folder, each with its environment. */
export interface FunctionEnvironments {
  readonly receiver: ReceiverEnvironment;
  readonly management: ManagementEnvironment;
  readonly dispatcher: DispatcherEnvironment;
  readonly oauth: OAuthEnvironment;
  readonly 'example-consumer': ExampleConsumerEnvironment;
}

export interface HostsOptions {
  /** Gets what the functions write, line by line. */
  readonly onLog: (line: string) => void;
  /** Where services are. */
  readonly endpoints: Readonly<Record<AwsService, string>>;
}

/** Hosts a function of a folder. */
export type HostFunction = <Folder extends keyof FunctionEnvironments>(
  functionName: string,
  folder: Folder,
  timeoutMs: number,
  environment: FunctionEnvironments[Folder],
) => FunctionHost;

/** The names by which the SDKs look for services in the environment: `AWS_ENDPOINT_URL_<NAME>`. */
const endpointNames: Readonly<Record<AwsService, string>> = {
  dynamodb: 'DYNAMODB',
  dynamodbStreams: 'DYNAMODB_STREAMS',
  secretsManager: 'SECRETS_MANAGER',
  sqs: 'SQS',
  eventBridge: 'EVENTBRIDGE',
};

/**
 * Hosts functions in worker threads, which find the services of this machine in their environment, as they would those
 * of AWS.
 */
export function createWorkerHosts({ onLog, endpoints }: HostsOptions): HostFunction {
  const found = Object.entries(endpoints).map(
    ([service, url]) => [`AWS_ENDPOINT_URL_${endpointNames[service as AwsService]}`, url] as const,
  );
  return (functionName, folder, timeoutMs, environment) =>
    startFunctionHost({
      functionName,
      timeoutMs,
      onLog,
      handlerUrl: new URL(`../functions/${folder}/handler.ts`, import.meta.url),
      environment: {
        ...Object.fromEntries(found),
        ...environment,
        AWS_REGION: localAws.region,
        AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
        AWS_LAMBDA_FUNCTION_NAME: functionName,
      },
    });
}
