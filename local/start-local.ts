import { randomBytes } from 'node:crypto';
import type { DispatcherEnvironment } from '../functions/dispatcher/env.ts';
import type { ExampleConsumerEnvironment } from '../functions/example-consumer/env.ts';
import type { ManagementEnvironment } from '../functions/management/env.ts';
import type { OAuthEnvironment } from '../functions/oauth/env.ts';
import type { ReceiverEnvironment } from '../functions/receiver/env.ts';
import { type Platform, platform } from '../functions/runtime/platform.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './asana-simulator/simulator.ts';
import { startDynamoDb } from './aws/dynamodb.ts';
import { type BusEvent, type LocalEventBus, startEventBus } from './aws/event-bus.ts';
import { type EventSourceMapping, startEventSourceMapping } from './aws/event-source-mapping.ts';
import type { FunctionHost } from './aws/function-host.ts';
import { consumerRule } from './aws/function-target.ts';
import { startHttpApi } from './aws/http-api.ts';
import type { InvocationResult } from './aws/invocation.ts';
import { startJsonService } from './aws/json-service.ts';
import { startLambdaEndpoint } from './aws/lambda-endpoint.ts';
import { PortInUse } from './aws/listen.ts';
import { type ReceivedEvent, receivedEventOf } from './aws/received-event.ts';
import { startSecretsManager } from './aws/secrets-manager.ts';
import { type Sqs, startSqs } from './aws/sqs.ts';
import { tables } from './aws/tables.ts';
import {
  type ConsumerSwitch,
  createConsumerSwitch,
  failingWhile,
  switchControls,
} from './consumer-switch.ts';
import type { OtherAsana } from './flags.ts';
import { newOAuthApp, registrationOf } from './oauth-app.ts';
import { createWorkerHosts, type HostFunction, type HostsOptions } from './worker-hosts.ts';

export interface LocalOptions {
  /** The first of three ports: API, Lambda, Asana. 0 selects free ports. */
  readonly port: number;
  /** The Asana to use instead of the simulated Asana. */
  readonly asana?: OtherAsana;
  /** The address that Asana can reach. @default - the local HTTP API */
  readonly publicUrl?: string;
  /** Receives each line that the functions write. */
  readonly onLog?: (line: string) => void;
  /** Receives an event when it is stored for the first time. */
  readonly onStored?: (event: ReceivedEvent) => void;
  /** Receives an event after the example consumer accepted it from the bus. */
  readonly onConsumed?: (event: BusEvent) => void;
  readonly simulator?: Omit<SimulatorOptions, 'port'>;
  /**
   * The addresses to which customers may return after connecting. Without an address there are no OAuth
   * routes.
   */
  readonly oauthReturnUrls?: readonly string[];
  /** Creates the hosts of the functions. @default - each container is a worker thread */
  readonly hosts?: (options: HostsOptions) => HostFunction;
  /** The clock of the services. The simulated Asana has its own clock. @default - the clock of the machine */
  readonly clock?: Pick<Platform, 'now' | 'sleep' | 'schedule'>;
}

/** Local mode on this machine: the functions, the services that they use, and the simulated Asana. */
export interface Local {
  readonly apiUrl: string;
  readonly lambdaUrl: string;
  readonly asanaUrl: string;
  /** The address of DynamoDB. */
  readonly dynamodbUrl: string;
  /** The address of Secrets Manager. */
  readonly secretsManagerUrl: string;
  readonly eventBus: LocalEventBus;
  readonly sqs: Sqs;
  /** The mapping that passes the event log's stream to the dispatcher. */
  readonly stream: EventSourceMapping;
  /** Makes the example consumer fail. The Lambda endpoint's port has the same switch over HTTP. */
  readonly consumer: ConsumerSwitch;
  readonly functions: Readonly<Record<'receiver' | 'management' | 'dispatcher' | 'example', FunctionHost>>;
  /** The simulated Asana, unless another Asana is used. */
  readonly simulator?: Simulator;
  readonly token: string;
  /** Invokes the management function as Lambda would. */
  manage(payload: object): Promise<InvocationResult>;
  close(): Promise<void>;
}

export const managementFunctionName = 'asana-webhooks-management';
export const connectionSecretPrefix = 'AsanaWebhooks/connections/';
export const oauthAppSecret = 'AsanaWebhooks/oauth-app';
const encryptionKeySecret = 'AsanaWebhooks/encryption-key';
const eventBusName = 'AsanaWebhooks';
const eventRetentionDays = '30';

/**
 * Shorter than in AWS. In AWS, the dispatcher may wait for a throttled bus. In local mode, a person is
 * watching.
 */
const dispatcherTimeoutMs = 12_000;

/** The dead-letter queues of the dispatcher and of each consumer. */
export const deadLetterQueues = { dispatcher: 'dispatcher-dead-letters', example: 'example-dead-letters' };

/**
 * Starts local mode on 127.0.0.1.
 *
 * @throws PortInUse if a port is used. The parts that were started are stopped first.
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const running: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    running.push(part);
    return part;
  };
  // Stops the parts in reverse order, so that no part calls a part that is stopped.
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
  const { clock = platform, hosts = createWorkerHosts } = options;
  const portAt = (index: number) => (options.port === 0 ? 0 : options.port + index);
  const simulator = options.asana ? undefined : keep(await startAsana(portAt(2), options.simulator));
  const token = options.asana?.token ?? simulator?.seed().token ?? '';
  const asanaUrl = options.asana?.baseUrl ?? simulator?.baseUrl ?? '';
  const oauthApp = options.asana ? options.asana.oauthApp : newOAuthApp();

  const dynamodb = keep(await startDynamoDb(Object.values(tables), clock));
  const eventStream = dynamodb.streams.get(tables.eventLog.TableName);
  if (eventStream === undefined) throw new Error('The event log has no stream');
  eventStream.onRecord((record) => {
    const received = receivedEventOf(record);
    if (received !== undefined) options.onStored?.(received);
  });
  const streams = keep(await startJsonService(eventStream.operations));
  const secretsManager = keep(
    await startSecretsManager(
      {
        [encryptionKeySecret]: JSON.stringify({ current: '1', 1: randomBytes(48).toString('base64url') }),
        [oauthAppSecret]: JSON.stringify(oauthApp ?? {}),
        [`${connectionSecretPrefix}default`]: JSON.stringify({ personalAccessToken: token }),
      },
      clock,
    ),
  );
  const sqs = keep(await startSqs(Object.values(deadLetterQueues), () => clock.now().getTime()));
  const eventBus = keep(await startEventBus(eventBusName, clock));

  const host = hosts({
    onLog: options.onLog ?? (() => undefined),
    endpoints: {
      dynamodb: dynamodb.url,
      dynamodbStreams: streams.url,
      secretsManager: secretsManager.url,
      sqs: sqs.url,
      eventBridge: eventBus.url,
    },
  });
  const receiver = keep(host('asana-webhooks-receiver', 'receiver', 10_000, receiverEnvironment));
  let oauth: FunctionHost | undefined;
  const api = keep(
    await startHttpApi(receiver, portAt(0), { oauth: () => oauth, publicUrl: options.publicUrl, clock }),
  );
  const publicUrl = options.publicUrl ?? api.url;
  if (oauthApp) simulator?.controls.registerApp(registrationOf(oauthApp, publicUrl));
  const returnUrls = options.oauthReturnUrls ?? [];
  if (returnUrls.length > 0) {
    oauth = keep(
      host('asana-webhooks-oauth', 'oauth', 30_000, {
        ...oauthEnvironment,
        PUBLIC_BASE_URL: publicUrl,
        ASANA_BASE_URL: asanaUrl,
      }),
    );
  }
  const management = keep(
    host(managementFunctionName, 'management', 58_000, {
      ...managementEnvironment(sqs),
      OAUTH_RETURN_URLS: returnUrls.join(',') || ',',
      PUBLIC_BASE_URL: publicUrl,
      ASANA_BASE_URL: asanaUrl,
    }),
  );
  const dispatcher = keep(
    host('asana-webhooks-dispatcher', 'dispatcher', dispatcherTimeoutMs, dispatcherEnvironment(sqs)),
  );
  const example = keep(host('asana-webhooks-example', 'example-consumer', 30_000, exampleEnvironment));
  const consumer = createConsumerSwitch();
  eventBus.addRule(
    consumerRule({
      name: 'example',
      fn: failingWhile(consumer, example),
      sqs,
      deadLetterQueue: deadLetterQueues.example,
      onConsumed: options.onConsumed ?? (() => undefined),
    }),
  );
  const stream = keep(
    startEventSourceMapping({
      stream: eventStream,
      fn: dispatcher,
      filter: ({ eventName }) => eventName === 'INSERT',
      batchSize: 100,
      retryAttempts: 10,
      clock,
      onFailure: (message) => sqs.send(deadLetterQueues.dispatcher, JSON.stringify(message)),
    }),
  );
  const lambda = keep(await startLambdaEndpoint([management, receiver], portAt(1), switchControls(consumer)));

  return {
    apiUrl: api.url,
    lambdaUrl: lambda.url,
    asanaUrl,
    dynamodbUrl: dynamodb.url,
    secretsManagerUrl: secretsManager.url,
    eventBus,
    sqs,
    stream,
    consumer,
    functions: { receiver, management, dispatcher, example },
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
  EVENT_RETENTION_DAYS: eventRetentionDays,
  ENCRYPTION_KEY_SECRET_ID: encryptionKeySecret,
  POWERTOOLS_SERVICE_NAME: 'receiver',
  POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
};

const exampleEnvironment: ExampleConsumerEnvironment = {
  HANDLED_EVENTS_TABLE_NAME: tables.handledEvents.TableName,
  POWERTOOLS_SERVICE_NAME: 'example-consumer',
  POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
};

function dispatcherEnvironment(sqs: Sqs): DispatcherEnvironment {
  return {
    EVENT_BUS_NAME: eventBusName,
    DEAD_LETTER_QUEUE_URL: sqs.urlOf(deadLetterQueues.dispatcher),
    POWERTOOLS_SERVICE_NAME: 'dispatcher',
    POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
  };
}

const oauthEnvironment: Omit<OAuthEnvironment, 'PUBLIC_BASE_URL' | 'ASANA_BASE_URL'> = {
  REGISTRY_TABLE_NAME: tables.registry.TableName,
  CONNECTION_SECRET_PREFIX: connectionSecretPrefix,
  OAUTH_APP_SECRET_ID: oauthAppSecret,
  POWERTOOLS_SERVICE_NAME: 'oauth',
  POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
};

/** The variables that are known only after the services listen. */
type OwnAddresses = 'PUBLIC_BASE_URL' | 'ASANA_BASE_URL' | 'OAUTH_RETURN_URLS';

function managementEnvironment(sqs: Sqs): Omit<ManagementEnvironment, OwnAddresses> {
  const urls = Object.entries(deadLetterQueues).map(([name, queue]) => [name, sqs.urlOf(queue)] as const);
  return {
    REGISTRY_TABLE_NAME: tables.registry.TableName,
    EVENT_LOG_TABLE_NAME: tables.eventLog.TableName,
    EVENT_RETENTION_DAYS: eventRetentionDays,
    EVENT_BUS_NAME: eventBusName,
    DEAD_LETTER_QUEUE_URLS: JSON.stringify(Object.fromEntries(urls)),
    ENCRYPTION_KEY_SECRET_ID: encryptionKeySecret,
    OAUTH_APP_SECRET_ID: oauthAppSecret,
    CONNECTION_SECRET_PREFIX: connectionSecretPrefix,
    POWERTOOLS_SERVICE_NAME: 'management',
    POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
  };
}
