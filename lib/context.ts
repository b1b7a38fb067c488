import { RemovalPolicy } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import leven from 'leven';
import type { AsanaWebhooksProps } from './asana-webhooks.ts';

/** What `cdk deploy -c name=value` can say. */
export interface AppContext {
  readonly stackName: string;
  readonly webhooks: AsanaWebhooksProps;
  readonly exampleConsumer?: boolean;
}

/** Every key that is read. */
const keys = [
  'stackName',
  'asanaBaseUrl',
  'publicBaseUrl',
  'removalPolicy',
  'archive',
  'schemaRegistry',
  'exampleConsumer',
] as const;

type Key = (typeof keys)[number];

/**
 * Reads the context.
 *
 * @throws Error where a value cannot be taken, or a key is almost one of ours.
 */
export function readContext(node: Node): AppContext {
  refuseNearMisses(node);
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

/**
 * Refuses a key that is up to two letters away from one of ours, whatever its case, dashes and underscores. The CDK
 * ignores a key that nobody reads, so a mistyped one would deploy something else than was meant. Other keys are left
 * alone: the CDK and other constructs have their own.
 */
function refuseNearMisses(node: Node): void {
  const plain = (key: string) => key.replaceAll(/[-_]/g, '').toLowerCase();
  for (const key of Object.keys(node.getAllContext() as object)) {
    if ((keys as readonly string[]).includes(key)) continue;
    const meant = keys.find((own) => leven(plain(key), plain(own), { maxDistance: 3 }) <= 2);
    if (meant !== undefined) throw new Error(`Unknown context ${key}: did you mean -c ${meant}=…?`);
  }
}

function text(node: Node, name: Key): string | undefined {
  const value: unknown = node.tryGetContext(name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '')
    throw new Error(`Expected context ${name} to be text: -c ${name}=…`);
  return value;
}

function flag(node: Node, name: Key): boolean | undefined {
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
