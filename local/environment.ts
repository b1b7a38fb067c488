import { randomBytes } from 'node:crypto';
import type { ManagementEnvironment } from '../functions/management/env.ts';
import type { ReceiverEnvironment } from '../functions/receiver/env.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './asana-simulator/simulator.ts';
import { localAws } from './aws.ts';
import type { InvocationResult } from './container.ts';
import { startDynamoDb } from './dynamodb.ts';
import { type FunctionHost, startFunctionHost } from './function-host.ts';
import { startHttpApi } from './http-api.ts';
import { startLambdaEndpoint } from './lambda-endpoint.ts';
import { type Listening, PortInUse } from './listen.ts';
import { startSecretsManager } from './secrets-manager.ts';
import { tables } from './tables.ts';

export interface LocalOptions {
  /** The first of three ports: API, Lambda, Asana. 0 picks free ones. */
  readonly port: number;
  /** Another Asana than the simulator, with the token for it. */
  readonly asana?: { readonly baseUrl: string; readonly token: string };
  /** The address that Asana can reach. @default - the local HTTP API */
  readonly publicUrl?: string;
  /** What the functions write. */
  readonly onLog?: (line: string) => void;
  readonly simulator?: Omit<SimulatorOptions, 'port'>;
}

/** Everything on this machine: the functions, the services they use, and the simulated Asana. */
export interface Local {
  readonly apiUrl: string;
  readonly lambdaUrl: string;
  readonly asanaUrl: string;
  /** Where DynamoDB and Secrets Manager are. */
  readonly dynamodbUrl: string;
  readonly secretsManagerUrl: string;
  /** The simulated Asana, unless another one is used. */
  readonly simulator?: Simulator;
  readonly token: string;
  /** Invokes the management function as Lambda would. */
  manage(payload: object): Promise<InvocationResult>;
  close(): Promise<void>;
}

export const managementFunctionName = 'asana-webhooks-management';
export const connectionSecretPrefix = 'AsanaWebhooks/connections/';
const sealingKeySecret = 'AsanaWebhooks/sealing-key';

/**
 * Starts everything on 127.0.0.1.
 *
 * @throws PortInUse, after what was started is stopped again.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const running: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    running.push(part);
    return part;
  };
  // What was started last is stopped first, so that nobody calls what is gone.
  const close = async () => {
    for (const part of running.splice(0).reverse()) await part.close();
  };
  try {
    return { ...(await startParts(options, keep)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Keep = <T extends { close(): Promise<void> }>(part: T) => T;

async function startParts(options: LocalOptions, keep: Keep): Promise<Omit<Local, 'close'>> {
  const portAt = (index: number) => (options.port === 0 ? 0 : options.port + index);
  const simulator = options.asana ? undefined : keep(await startAsana(portAt(2), options.simulator));
  const token = options.asana?.token ?? simulator?.seed().token ?? '';
  const asanaUrl = options.asana?.baseUrl ?? simulator?.baseUrl ?? '';

  const dynamodb = keep(await startDynamoDb(Object.values(tables)));
  const secretsManager = keep(
    await startSecretsManager({
      [sealingKeySecret]: JSON.stringify({ current: '1', 1: randomBytes(48).toString('base64url') }),
      [`${connectionSecretPrefix}default`]: JSON.stringify({ personalAccessToken: token }),
    }),
  );

  const host = hostWith({ dynamodb, secretsManager, onLog: options.onLog ?? (() => undefined) });
  const receiver = keep(host('asana-webhooks-receiver', 'receiver', 10_000, receiverEnvironment));
  const api = keep(await startHttpApi(receiver, portAt(0)));
  const publicUrl = options.publicUrl ?? api.url;
  const management = keep(
    host(managementFunctionName, 'management', 58_000, managementEnvironment(publicUrl, asanaUrl)),
  );
  const lambda = keep(await startLambdaEndpoint([management, receiver], portAt(1)));

  return {
    apiUrl: api.url,
    lambdaUrl: lambda.url,
    asanaUrl,
    dynamodbUrl: dynamodb.url,
    secretsManagerUrl: secretsManager.url,
    simulator,
    token,
    async manage(payload) {
      const result = await management.invoke(payload);
      if (result === undefined) throw new Error('Every container of the management function is busy');
      return result;
    },
  };
}

async function startAsana(port: number, options: LocalOptions['simulator']): Promise<Simulator> {
  try {
    return await startSimulator({ ...options, port });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new PortInUse(port) : error;
  }
}

const receiverEnvironment: ReceiverEnvironment = {
  REGISTRY_TABLE_NAME: tables.registry.TableName,
  EVENT_LOG_TABLE_NAME: tables.eventLog.TableName,
  EVENT_RETENTION_DAYS: '30',
  SEALING_KEY_SECRET_ID: sealingKeySecret,
  POWERTOOLS_SERVICE_NAME: 'receiver',
  POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
};

function managementEnvironment(publicUrl: string, asanaUrl: string): ManagementEnvironment {
  return {
    REGISTRY_TABLE_NAME: tables.registry.TableName,
    SEALING_KEY_SECRET_ID: sealingKeySecret,
    CONNECTION_SECRET_PREFIX: connectionSecretPrefix,
    PUBLIC_BASE_URL: publicUrl,
    ASANA_BASE_URL: asanaUrl,
    POWERTOOLS_SERVICE_NAME: 'management',
    POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
  };
}

/** A function gets its own variables and those of Lambda and the SDK, not the ones of this process. */
function hostWith({
  dynamodb,
  secretsManager,
  onLog,
}: {
  readonly dynamodb: Listening;
  readonly secretsManager: Listening;
  readonly onLog: (line: string) => void;
}) {
  return (
    functionName: string,
    folder: string,
    timeoutMs: number,
    environment: Readonly<Record<string, string>>,
  ): FunctionHost =>
    startFunctionHost({
      functionName,
      timeoutMs,
      onLog,
      handlerUrl: new URL(`../functions/${folder}/handler.ts`, import.meta.url),
      environment: {
        ...environment,
        AWS_REGION: localAws.region,
        AWS_ACCESS_KEY_ID: localAws.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
        AWS_LAMBDA_FUNCTION_NAME: functionName,
      },
    });
}
