import { Duration, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ManagementEnvironment } from '../functions/management/env.ts';
import type { Connections } from './connections.ts';
import { BundledFunction, type FunctionProps } from './function.ts';
import type { Registry } from './registry.ts';
import type { SealingKey } from './sealing-key.ts';

export interface ManagementProps extends FunctionProps {
  readonly registry: Registry;
  readonly connections: Connections;
  readonly sealingKey: SealingKey;
  /** Where Asana reaches the receiver, without a slash at the end. */
  readonly publicBaseUrl: string;
  /** Where the function reaches Asana, without a slash at the end. */
  readonly asanaBaseUrl: string;
}

/** The function that calls Asana's webhook endpoints. IAM decides who may invoke it. */
export class Management extends BundledFunction<ManagementEnvironment> {
  constructor(scope: Construct, id: string, props: ManagementProps) {
    super(scope, id, {
      ...props,
      name: 'management',
      description: "Creates, reads, lists, updates and deletes Asana's webhooks",
      // The AWS CLI gives up after 60 s and would call again.
      timeout: Duration.seconds(58),
      memorySize: 512,
      environment: {
        REGISTRY_TABLE_NAME: props.registry.table.tableName,
        SEALING_KEY_SECRET_ID: props.sealingKey.secret.secretArn,
        CONNECTION_SECRET_PREFIX: props.connections.secretPrefix,
        PUBLIC_BASE_URL: props.publicBaseUrl,
        ASANA_BASE_URL: props.asanaBaseUrl,
        POWERTOOLS_SERVICE_NAME: 'management',
        POWERTOOLS_METRICS_NAMESPACE: 'AsanaWebhooks',
      },
    });
    props.registry.grantManage(this.function);
    props.connections.grantRead(this.function);
    props.sealingKey.grantUse(this.function);
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${props.connections.secretArnPatternForNag}]`,
      reason:
        "Connections are added after the deployment, so their secrets are named by this stack's own prefix. The wildcard covers the connection's name and the random end that Secrets Manager adds.",
    });
  }
}
