import { RemovalPolicy } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import type { AsanaWebhooksProps } from './asana-webhooks.ts';

/** What `cdk deploy -c name=value` can say. */
export interface AppContext {
  readonly stackName: string;
  readonly webhooks: AsanaWebhooksProps;
  readonly exampleConsumer?: boolean;
}

/**
 * Reads the context: `stackName`, `asanaBaseUrl`, `publicBaseUrl`, `removalPolicy`, `archive`, `schemaRegistry`,
 * `exampleConsumer`.
 *
 * @throws Error where a value cannot be taken.
 */
export function readContext(node: Node): AppContext {
  return {
    stackName: text(node, 'stackName') ?? 'AsanaWebhooks',
    webhooks: {
      asanaBaseUrl: text(node, 'asanaBaseUrl'),
      publicBaseUrl: text(node, 'publicBaseUrl'),
      removalPolicy: removalPolicy(text(node, 'removalPolicy')),
      archive: flag(node, 'archive'),
      schemaRegistry: flag(node, 'schemaRegistry'),
    },
    exampleConsumer: flag(node, 'exampleConsumer'),
  };
}

function text(node: Node, name: string): string | undefined {
  const value: unknown = node.tryGetContext(name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '')
    throw new Error(`Expected context ${name} to be text: -c ${name}=…`);
  return value;
}

function flag(node: Node, name: string): boolean | undefined {
  const value = text(node, name);
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false') {
    throw new Error(`Expected context ${name} to be "true" or "false", got: ${value}`);
  }
  return value === 'true';
}

function removalPolicy(value: string | undefined): RemovalPolicy | undefined {
  switch (value) {
    case undefined:
      return undefined;
    case 'retain':
      return RemovalPolicy.RETAIN;
    case 'destroy':
      return RemovalPolicy.DESTROY;
    default:
      throw new Error(`Expected context removalPolicy to be "retain" or "destroy", got: ${value}`);
  }
}
