import { type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  DomainName,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** A domain name of your own for the endpoint. */
export interface CustomDomain {
  /** The domain name, such as `hooks.example.com`. */
  readonly domainName: string;
  /** A certificate for the domain name, in the region of the stack. */
  readonly certificate: ICertificate;
}

/** The request limits of the endpoint. Above a limit it answers 429, and Asana retries. */
export interface Throttling {
  /** Average number of requests per second. */
  readonly rateLimit: number;
  /** Number of requests in a burst. */
  readonly burstLimit: number;
}

export interface ApiProps {
  readonly receiver: IFunction;
  readonly throttling: Throttling;
  readonly customDomain?: CustomDomain;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** The public endpoint: `/webhooks/{hookKey}`, and the OAuth routes if customers connect their own Asana. */
export class Api extends Construct {
  readonly httpApi: HttpApi;
  readonly accessLogs: LogGroup;
  /** The custom domain, if there is one. Point a DNS record at it. */
  readonly domain?: DomainName;
  /** The URL at which Asana reaches the endpoint, without a trailing slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    this.domain = props.customDomain && new DomainName(this, 'Domain', props.customDomain);
    this.httpApi = new HttpApi(this, 'HttpApi', {
      description: "Receives Asana's webhooks",
      createDefaultStage: false,
    });
    // Accept every method: the receiver answers 405 to a wrong method.
    this.addRoute('/webhooks/{hookKey}', HttpMethod.ANY, 'Receiver', props.receiver, {
      reason:
        'Asana cannot authenticate to an API gateway. The receiver accepts only unguessable hook keys, and only deliveries with a valid signature.',
    });
    this.accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: props.throttling,
      domainMapping: this.domain && { domainName: this.domain },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLogs),
        format: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    this.url = props.customDomain ? `https://${props.customDomain.domainName}` : this.httpApi.apiEndpoint;
  }

  /** Adds the routes at which a customer's browser starts and finishes an OAuth2 authorization. */
  addOAuth(oauth: IFunction): void {
    for (const path of ['/oauth/start', '/oauth/callback']) {
      this.addRoute(path, HttpMethod.GET, 'OAuth', oauth, {
        reason:
          'A customer has no credentials here before they connect. A link works once, for a few minutes, and only in the browser that opened it first.',
      });
    }
  }

  private addRoute(
    path: string,
    method: HttpMethod,
    name: string,
    fn: IFunction,
    { reason }: { readonly reason: string },
  ): void {
    const integration = new HttpLambdaIntegration(name, fn, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    });
    for (const route of this.httpApi.addRoutes({ path, methods: [method], integration })) {
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
    }
  }
}

/** The fields of the access log. Never log the path, which holds the hook key, nor the query, headers or body. */
const accessLogFields = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  method: '$context.httpMethod',
  status: '$context.status',
  responseLength: '$context.responseLength',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
};
