import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IRuleTarget } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Api, type CustomDomain, type Throttling } from './api.ts';
import { Bus } from './delivery/bus.ts';
import { Consumer, type RetryPolicy } from './delivery/consumer.ts';
import type { DeadLetterQueue } from './delivery/dead-letter-queue.ts';
import type { EventSelection } from './delivery/event-selection.ts';
import type { FunctionProps } from './functions/bundled-function.ts';
import { Dispatcher } from './functions/dispatcher.ts';
import { Management } from './functions/management.ts';
import { OAuth } from './functions/oauth.ts';
import { Receiver } from './functions/receiver.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { Connections } from './storage/connections.ts';
import { EncryptionKey } from './storage/encryption-key.ts';
import { EventLog } from './storage/event-log.ts';
import { Registry } from './storage/registry.ts';
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
   * Where customers of yours may be sent after they connected their own Asana by OAuth2: an address, or what lies
   * below it. With one, the API has the routes `/oauth/start` and `/oauth/callback`; the app's credentials go into
   * the secret `<stack>/oauth-app`.
   *
   * @default - only people at a terminal connect, and there are no such routes
   */
  readonly oauthReturnUrls?: readonly string[];

  /**
   * How long the event log keeps an event, in whole days. An older event is not taken.
   *
   * @default Duration.days(30)
   */
  readonly eventRetention?: Duration;

  /**
   * How long the bus's archive keeps an event, in whole days. From it EventBridge can replay by time, for as long
   * as you like; `replayEvents` replays from the event log.
   *
   * @default Duration.days(90)
   */
  readonly archiveRetention?: Duration;

  /**
   * Whether the bus has an archive.
   *
   * @default true
   */
  readonly archive?: boolean;

  /**
   * Whether the events' schema is put into a schema registry of EventBridge.
   *
   * @default true
   */
  readonly schemaRegistry?: boolean;

  /**
   * Whether there is a dashboard in CloudWatch.
   *
   * @default true
   */
  readonly dashboard?: boolean;

  /**
   * What an alarm does, such as writing to an SNS topic.
   *
   * @default - alarms are only seen in CloudWatch
   */
  readonly alarmActions?: readonly IAlarmAction[];

  /**
   * Where your runbook is; the anchor of the alarm's entry is added.
   *
   * @default 'docs/runbook.md'
   */
  readonly runbookUrl?: string;

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
 * Asana webhooks in your AWS account: an endpoint that answers Asana's handshake and stores its signed events, a
 * bus that carries each event once to its consumers, and a function to manage webhooks and stored events.
 */
export class AsanaWebhooks extends Construct {
  /** The table of webhooks. */
  readonly registry: Registry;
  /** The table of received events, and the source of their stream. */
  readonly eventLog: EventLog;
  /** The bus that carries events to consumers. */
  readonly bus: Bus;
  /** The function between event log and bus. */
  readonly dispatcher: Dispatcher;
  /** The key that encrypts hook secrets. */
  readonly encryptionKey: EncryptionKey;
  /** The tokens of Asana accounts. */
  readonly connections: Connections;
  /** The function behind the endpoint. */
  readonly receiver: Receiver;
  /** The public endpoint. */
  readonly api: Api;
  /** The function by which customers connect, where they may. */
  readonly oauth?: OAuth;
  /** The function to invoke. */
  readonly management: Management;
  /** Alarms and dashboard. */
  readonly monitoring: Monitoring;

  /** What every function here is given. */
  readonly functionProps: FunctionProps;

  private readonly consumers: Construct;

  constructor(scope: Construct, id: string, props: AsanaWebhooksProps = {}) {
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const logRetention = props.logRetention ?? RetentionDays.ONE_MONTH;
    const eventRetention = wholeDays('eventRetention', props.eventRetention ?? Duration.days(30));
    const archiveRetention = wholeDays('archiveRetention', props.archiveRetention ?? Duration.days(90));
    const throttling = props.throttling ?? { rateLimit: 200, burstLimit: 400 };
    const asanaBaseUrl = baseUrl('asanaBaseUrl', props.asanaBaseUrl ?? 'https://app.asana.com/api/1.0');

    const oauthReturnUrls = (props.oauthReturnUrls ?? []).map((url) => baseUrl('oauthReturnUrls', url));

    this.registry = new Registry(this, 'Registry', { removalPolicy });
    this.eventLog = new EventLog(this, 'EventLog', { removalPolicy });
    this.bus = new Bus(this, 'Bus', {
      archiveRetention: (props.archive ?? true) ? archiveRetention : undefined,
      schemaRegistry: props.schemaRegistry ?? true,
    });
    this.encryptionKey = new EncryptionKey(this, 'EncryptionKey', { removalPolicy });
    this.connections = new Connections(this, 'Connections', { removalPolicy });

    const { registry, eventLog, bus, encryptionKey, connections } = this;
    const functions = { logRetention, removalPolicy };
    this.functionProps = functions;
    this.receiver = new Receiver(this, 'Receiver', {
      ...functions,
      registry,
      eventLog,
      encryptionKey,
      eventRetention,
    });
    this.api = new Api(this, 'Api', {
      ...functions,
      receiver: this.receiver.function,
      throttling,
      customDomain: props.customDomain,
    });
    this.dispatcher = new Dispatcher(this, 'Dispatcher', { ...functions, eventLog, bus });
    const publicBaseUrl = baseUrl('publicBaseUrl', props.publicBaseUrl ?? this.api.url);
    this.management = new Management(this, 'Management', {
      ...functions,
      registry,
      eventLog,
      eventRetention,
      bus,
      connections,
      encryptionKey,
      publicBaseUrl,
      asanaBaseUrl,
      oauthReturnUrls,
    });
    if (oauthReturnUrls.length > 0) {
      const addresses = { publicBaseUrl, asanaBaseUrl };
      this.oauth = new OAuth(this, 'OAuth', { ...functions, registry, connections, ...addresses });
      this.api.addOAuth(this.oauth.function);
    }
    this.monitoring = new Monitoring(this, 'Monitoring', {
      api: this.api,
      dispatcher: this.dispatcher,
      management: this.management,
      dashboard: props.dashboard ?? true,
      alarmActions: props.alarmActions ?? [],
      runbookUrl: props.runbookUrl ?? 'docs/runbook.md',
    });
    this.consumers = new Construct(this, 'Consumers');
    this.addDeadLetterQueue('dispatcher', this.dispatcher.deadLetters);
  }

  /**
   * Sends the events of a selection to a target, with a retry policy and a dead-letter queue of their own. The id
   * is the consumer's name in `listDeadLetters`, `redriveDeadLetters` and `replayEvents`.
   *
   * A function in the same stack that says nothing about its asynchronous invocations is told to leave what it
   * fails on in the dead-letter queue, too.
   *
   * @throws Error where the selection can never match.
   */
  onEvent(id: string, selection: EventSelection, target: IRuleTarget, retry?: RetryPolicy): Consumer {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id) || id === 'dispatcher') {
      throw new Error(`Expected a consumer's name of 1 to 64 letters, digits, "-" or "_", got: ${id}`);
    }
    const { removalPolicy } = this.functionProps;
    const bus = this.bus.eventBus;
    const consumer = new Consumer(this.consumers, id, { bus, selection, target, retry, removalPolicy });
    this.addDeadLetterQueue(id, consumer.deadLetters);
    return consumer;
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

  private addDeadLetterQueue(name: string, deadLetters: DeadLetterQueue): void {
    this.management.addDeadLetterQueue(name, deadLetters);
    this.monitoring.watchDeadLetters(name, deadLetters);
  }
}
