import { Duration, Lazy, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ManagementEnvironment } from '../../functions/management/env.ts';
import type { Bus } from '../delivery/bus.ts';
import type { DeadLetterQueue } from '../delivery/dead-letter-queue.ts';
import type { Connections } from '../storage/connections.ts';
import type { EncryptionKey } from '../storage/encryption-key.ts';
import type { EventLog } from '../storage/event-log.ts';
import type { Registry } from '../storage/registry.ts';
import { BundledFunction, type FunctionProps } from './bundled-function.ts';

export interface ManagementProps extends FunctionProps {
  readonly registry: Registry;
  readonly eventLog: EventLog;
  /** How long the event log keeps an event. */
  readonly eventRetention: Duration;
  readonly bus: Bus;
  readonly connections: Connections;
  readonly encryptionKey: EncryptionKey;
  /** The addresses to which customers may be redirected after they connect. An empty list allows no redirect. */
  readonly oauthReturnUrls: readonly string[];
  /** The URL at which Asana reaches the receiver, without a trailing slash. */
  readonly publicBaseUrl: string;
  /** The base URL of Asana's API, without a trailing slash. */
  readonly asanaBaseUrl: string;
}

/** The function that manages webhooks through Asana's API, and stored events. IAM controls who may invoke it. */
export class Management extends BundledFunction<ManagementEnvironment> {
  private readonly deadLetterQueues: Map<string, DeadLetterQueue>;

  constructor(scope: Construct, id: string, props: ManagementProps) {
    // Consumers add their queues later, so the list is resolved at synthesis.
    const deadLetterQueues = new Map<string, DeadLetterQueue>();
    super(scope, id, {
      ...props,
      name: 'management',
      description: 'Manages Asana webhooks, and lists, replays and redrives their events',
      // Stay below 60 s: after that, the AWS CLI times out and invokes the function again.
      timeout: Duration.seconds(58),
      memorySize: 512,
      environment: {
        REGISTRY_TABLE_NAME: props.registry.table.tableName,
        EVENT_LOG_TABLE_NAME: props.eventLog.table.tableName,
        EVENT_RETENTION_DAYS: String(props.eventRetention.toDays()),
        EVENT_BUS_NAME: props.bus.eventBus.eventBusName,
        DEAD_LETTER_QUEUE_URLS: Lazy.string({
          produce: () => Stack.of(scope).toJsonString(urlsOf(deadLetterQueues)),
        }),
        ENCRYPTION_KEY_SECRET_ID: props.encryptionKey.secret.secretArn,
        CONNECTION_SECRET_PREFIX: props.connections.secretPrefix,
        OAUTH_APP_SECRET_ID: props.connections.oauthAppSecret.secretArn,
        // An empty string would count as a missing variable.
        OAUTH_RETURN_URLS: props.oauthReturnUrls.join(',') || ',',
        PUBLIC_BASE_URL: props.publicBaseUrl,
        ASANA_BASE_URL: props.asanaBaseUrl,
        POWERTOOLS_SERVICE_NAME: 'management',
        POWERTOOLS_METRICS_NAMESPACE: Stack.of(scope).stackName,
      },
    });
    this.deadLetterQueues = deadLetterQueues;
    props.registry.grantManage(this.function);
    props.eventLog.grantManage(this.function);
    props.eventLog.grantReadStream(this.function);
    props.bus.grantPut(this.function);
    props.connections.grantManage(this.function);
    props.encryptionKey.grantUse(this.function);
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'secretsmanager:ListSecrets supports no resource in a policy. It returns only the names of secrets.',
      },
      {
        id: `AwsSolutions-IAM5[Resource::${props.connections.secretArnPatternForNag}]`,
        reason:
          "Connections are added after the deployment, so the policy names their secrets by the prefix of this stack. The wildcard covers the connection's name and the random suffix that Secrets Manager adds.",
      },
    );
  }

  /** Allows the function to list and redrive the messages of a dead-letter queue, under this name. */
  addDeadLetterQueue(name: string, deadLetters: DeadLetterQueue): void {
    if (this.deadLetterQueues.has(name))
      throw new Error(`Expected a consumer name that is not in use, got: ${name}`);
    this.deadLetterQueues.set(name, deadLetters);
    deadLetters.grantRedrive(this.function);
  }
}

function urlsOf(queues: ReadonlyMap<string, DeadLetterQueue>): Readonly<Record<string, string>> {
  return Object.fromEntries([...queues].map(([name, { queue }]) => [name, queue.queueUrl]));
}
