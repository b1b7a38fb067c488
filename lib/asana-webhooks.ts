import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Api, type CustomDomain, type Throttling } from './api.ts';
import { Connections } from './connections.ts';
import { EventLog } from './event-log.ts';
import { Management } from './management.ts';
import { Receiver } from './receiver.ts';
import { Registry } from './registry.ts';
import { SealingKey } from './sealing-key.ts';
import { baseUrl, wholeDays } from './validate.ts';

export interface AsanaWebhooksProps {
  /**
   * A domain name of your own for the endpoint. Point its DNS record at `api.domain`.
   *
   * @default - the address that API Gateway gives
   */
  readonly customDomain?: CustomDomain;

  /**
   * The address that is given to Asana, where something else stands in front of the API.
   *
   * @default - the custom domain, or else the API's own address
   */
  readonly publicBaseUrl?: string;

  /**
   * Where Asana's API is.
   *
   * @default 'https://app.asana.com/api/1.0'
   */
  readonly asanaBaseUrl?: string;

  /**
   * How long the event log keeps an event, in whole days. An older event is not taken.
   *
   * @default Duration.days(30)
   */
  readonly eventRetention?: Duration;

  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * How many requests the endpoint takes before it answers 429, which Asana retries.
   *
   * @default - 200 requests a second, 400 at once
   */
  readonly throttling?: Throttling;

  /**
   * What happens to tables, secrets and logs when they are removed from the stack. Tables that are kept are
   * protected from deletion as well.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Asana webhooks in your AWS account: an endpoint that answers Asana's handshake and stores its signed events,
 * and a function to create, read, list, update and delete webhooks.
 */
export class AsanaWebhooks extends Construct {
  /** The table of webhooks. */
  readonly registry: Registry;
  /** The table of received events, and the source of their stream. */
  readonly eventLog: EventLog;
  /** The key that seals hook secrets. */
  readonly sealingKey: SealingKey;
  /** The tokens of Asana accounts. */
  readonly connections: Connections;
  /** The function behind the endpoint. */
  readonly receiver: Receiver;
  /** The public endpoint. */
  readonly api: Api;
  /** The function to invoke. */
  readonly management: Management;

  constructor(scope: Construct, id: string, props: AsanaWebhooksProps = {}) {
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const logRetention = props.logRetention ?? RetentionDays.ONE_MONTH;
    const eventRetention = wholeDays('eventRetention', props.eventRetention ?? Duration.days(30));
    const throttling = props.throttling ?? { rateLimit: 200, burstLimit: 400 };
    const asanaBaseUrl = baseUrl('asanaBaseUrl', props.asanaBaseUrl ?? 'https://app.asana.com/api/1.0');

    this.registry = new Registry(this, 'Registry', { removalPolicy });
    this.eventLog = new EventLog(this, 'EventLog', { removalPolicy });
    this.sealingKey = new SealingKey(this, 'SealingKey', { removalPolicy });
    this.connections = new Connections(this, 'Connections', { removalPolicy });

    const { registry, eventLog, sealingKey, connections } = this;
    const functions = { logRetention, removalPolicy };
    this.receiver = new Receiver(this, 'Receiver', {
      ...functions,
      registry,
      eventLog,
      sealingKey,
      eventRetention,
    });
    this.api = new Api(this, 'Api', {
      ...functions,
      receiver: this.receiver.function,
      throttling,
      customDomain: props.customDomain,
    });
    const publicBaseUrl = baseUrl('publicBaseUrl', props.publicBaseUrl ?? this.api.url);
    this.management = new Management(this, 'Management', {
      ...functions,
      registry,
      connections,
      sealingKey,
      publicBaseUrl,
      asanaBaseUrl,
    });
  }

  /** Lets somebody invoke the management function, and with it every operation over every connection. */
  grantManage(grantee: IGrantable): Grant {
    return this.management.function.grantInvoke(grantee);
  }

  /** Lets somebody read the events in the event log. */
  grantReadEvents(grantee: IGrantable): Grant {
    return this.eventLog.grantRead(grantee);
  }

  /** Lets somebody put the token of the connection `default` in place, without reading it. */
  grantConnect(grantee: IGrantable): Grant {
    return this.connections.grantPutDefault(grantee);
  }
}
