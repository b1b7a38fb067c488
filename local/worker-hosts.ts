import type { DispatcherEnvironment } from '../functions/dispatcher/env.ts';
import type { ExampleConsumerEnvironment } from '../functions/example-consumer/env.ts';
import type { ManagementEnvironment } from '../functions/management/env.ts';
import type { OAuthEnvironment } from '../functions/oauth/env.ts';
import type { ReceiverEnvironment } from '../functions/receiver/env.ts';
import type { AwsService } from '../functions/runtime/platform.ts';
import { localAws } from './aws/account.ts';
import { type FunctionHost, startFunctionHost } from './aws/function-host.ts';

/** The environment of each function, by folder. */
export interface FunctionEnvironments {
  readonly receiver: ReceiverEnvironment;
  readonly management: ManagementEnvironment;
  readonly dispatcher: DispatcherEnvironment;
  readonly oauth: OAuthEnvironment;
  readonly 'example-consumer': ExampleConsumerEnvironment;
}

export interface HostsOptions {
  /** Receives the output of the functions, line by line. */
  readonly onLog: (line: string) => void;
  /** The addresses of the services. */
  readonly endpoints: Readonly<Record<AwsService, string>>;
}

/** Hosts the function in a folder. */
export type HostFunction = <Folder extends keyof FunctionEnvironments>(
  functionName: string,
  folder: Folder,
  timeoutMs: number,
  environment: FunctionEnvironments[Folder],
) => FunctionHost;

/** The names of the services in the SDKs' environment variables: `AWS_ENDPOINT_URL_<NAME>`. */
const endpointNames: Readonly<Record<AwsService, string>> = {
  dynamodb: 'DYNAMODB',
  dynamodbStreams: 'DYNAMODB_STREAMS',
  secretsManager: 'SECRETS_MANAGER',
  sqs: 'SQS',
  eventBridge: 'EVENTBRIDGE',
};

/**
 * Hosts functions in worker threads. The functions find the services of this machine through environment
 * variables, as they would find the services of AWS.
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
