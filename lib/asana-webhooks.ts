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
   * @default - the address that API Gateway assigns
   */
  readonly customDomain?: CustomDomain;

  /**
   * The address that Asana uses, if something else (such as a proxy) is in front of the API.
   *
   * @default - the custom domain, or the address of the API if there is no custom domain
   */
  readonly publicBaseUrl?: string;

  /**
   * The base URL of Asana's API.
   *
   * @default 'https://app.asana.com/api/1.0'
   */
  readonly asanaBaseUrl?: string;

  /**
   * The addresses to which your customers may be redirected after they connect their own Asana by OAuth2. An entry
   * also allows every address below it. If there is an entry, the API has the routes `/oauth/start` and
   * `/oauth/callback`. Put the app's credentials into the secret `<stack>/oauth-app`.
   *
   * @default - no redirects: there are no such routes, and only people at a terminal can connect
   */
  readonly oauthReturnUrls?: readonly string[];

  /**
   * How long the event log keeps an event, in whole days. The receiver does not store an older event.
   *
   * @default Duration.days(30)
   */
  readonly eventRetention?: Duration;

  /**
   * How long the bus's archive keeps an event, in whole days; there is no upper limit. EventBridge can replay a
   * time range from the archive. `replayEvents` does not use it: it replays from the event log.
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
   * Whether to publish the schema of the events to an EventBridge schema registry.
   *
   * @default true
   */
  readonly schemaRegistry?: boolean;

  /**
   * Whether to create a CloudWatch dashboard.
   *
   * @default true
   */
  readonly dashboard?: boolean;

  /**
   * The actions of each alarm, such as a notification to an SNS topic.
   *
   * @default - no actions: alarms are visible in CloudWatch only
   */
  readonly alarmActions?: readonly IAlarmAction[];

  /**
   * The address of your runbook. Each alarm appends the anchor of its entry.
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
   * The request limits of the endpoint. Above a limit it answers 429, and Asana retries.
   *
   * @default - 200 requests per second, 400 in a burst
   */
  readonly throttling?: Throttling;

  /**
   * What happens to tables, secrets and logs when they are removed from the stack. Retained tables also have
   * deletion protection.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Asana webhooks in your AWS account: an endpoint that answers Asana's handshake and stores its signed events, a
 * bus that delivers each event once to its consumers, and a function that manages webhooks and stored events.
 */
export class AsanaWebhooks extends Construct {
  /** The table of webhooks. */
  readonly registry: Registry;
  /** The table of received events. Its stream feeds the dispatcher. */
  readonly eventLog: EventLog;
  /** The bus that delivers events to consumers. */
  readonly bus: Bus;
  /** The function that sends new events from the event log to the bus. */
  readonly dispatcher: Dispatcher;
  /** The key that encrypts hook secrets. */
  readonly encryptionKey: EncryptionKey;
  /** The tokens of the connected Asana accounts. */
  readonly connections: Connections;
  /** The function that handles the requests of Asana. */
  readonly receiver: Receiver;
  /** The public endpoint. */
  readonly api: Api;
  /** The function with which customers connect their Asana. Absent without `oauthReturnUrls`. */
  readonly oauth?: OAuth;
  /** The function that you invoke to manage webhooks and stored events. */
  readonly management: Management;
  /** The alarms and the dashboard. */
  readonly monitoring: Monitoring;

  /** The options that all functions share. */
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
    // A redrive gives an event of a batch its own message if only this event cannot be sent.
    this.dispatcher.deadLetters.grantSend(this.management.function);
  }

  /**
   * Adds a consumer: sends the events of a selection to a target. The consumer has its own retry policy and its own
   * dead-letter queue. The id is the consumer's name in `listDeadLetters`, `redriveDeadLetters` and `replayEvents`.
   *
   * If the target is a function in the same stack that does not configure its asynchronous invocations, this method
   * configures them: events that the function fails on also go to the dead-letter queue.
   *
   * @throws Error if the selection can never match, or if the id is not a valid consumer name.
   */
  onEvent(id: string, selection: EventSelection, target: IRuleTarget, retry?: RetryPolicy): Consumer {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id) || id === 'dispatcher') {
      throw new Error(`Expected a consumer name of 1 to 64 letters, digits, "-" or "_", got: ${id}`);
    }
    const { removalPolicy } = this.functionProps;
    const bus = this.bus.eventBus;
    const consumer = new Consumer(this.consumers, id, { bus, selection, target, retry, removalPolicy });
    this.addDeadLetterQueue(id, consumer.deadLetters);
    return consumer;
  }

  /** Allows the grantee to invoke the management function: every operation on every connection. */
  grantManage(grantee: IGrantable): Grant {
    return this.management.function.grantInvoke(grantee);
  }

  /** Allows the grantee to read the events in the event log. */
  grantReadEvents(grantee: IGrantable): Grant {
    return this.eventLog.grantRead(grantee);
  }

  /** Allows the grantee to store the token of the connection `default`, but not to read it. */
  grantConnect(grantee: IGrantable): Grant {
    return this.connections.grantPutDefault(grantee);
  }

  private addDeadLetterQueue(name: string, deadLetters: DeadLetterQueue): void {
    this.management.addDeadLetterQueue(name, deadLetters);
    this.monitoring.watchDeadLetters(name, deadLetters);
  }
}
