import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { OAuthEnvironment } from '../../functions/oauth/env.ts';
import type { Connections } from '../storage/connections.ts';
import type { Registry } from '../storage/registry.ts';
import { BundledFunction, type FunctionProps } from './bundled-function.ts';

export interface OAuthProps extends FunctionProps {
  readonly registry: Registry;
  readonly connections: Connections;
  /** The URL at which customers reach the endpoint, without a trailing slash. */
  readonly publicBaseUrl: string;
  /** The base URL of Asana's API, without a trailing slash. */
  readonly asanaBaseUrl: string;
}

/** The function with which a product's customers connect their own Asana in a browser. */
export class OAuth extends BundledFunction<OAuthEnvironment> {
  constructor(scope: Construct, id: string, props: OAuthProps) {
    super(scope, id, {
      ...props,
      name: 'oauth',
      description: "Lets a product's customers connect their own Asana in a browser",
      timeout: Duration.seconds(29),
      memorySize: 256,
      environment: {
        REGISTRY_TABLE_NAME: props.registry.table.tableName,
        CONNECTION_SECRET_PREFIX: props.connections.secretPrefix,
        OAUTH_APP_SECRET_ID: props.connections.oauthAppSecret.secretArn,
        PUBLIC_BASE_URL: props.publicBaseUrl,
        ASANA_BASE_URL: props.asanaBaseUrl,
        POWERTOOLS_SERVICE_NAME: 'oauth',
        POWERTOOLS_METRICS_NAMESPACE: Stack.of(scope).stackName,
      },
    });
    props.registry.grantAuthorize(this.function);
    props.connections.grantWrite(this.function);
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${props.connections.secretArnPatternForNag}]`,
      reason:
        "A customer's connection is created when the customer connects, so the policy names the secrets by the prefix of this stack.",
    });
  }
}
