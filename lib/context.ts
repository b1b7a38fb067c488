import { RemovalPolicy } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import leven from 'leven';
import type { AsanaWebhooksProps } from './asana-webhooks.ts';

/** The settings that `cdk deploy -c name=value` accepts. */
export interface AppContext {
  readonly stackName: string;
  readonly webhooks: AsanaWebhooksProps;
  readonly exampleConsumer?: boolean;
}

/** Every context key that the app reads. */
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
 * @throws Error if a value is invalid, or if a key looks like a misspelt key of this app.
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
 * Refuses a key that differs in up to two letters from a key of this app. Case, dashes and underscores do not count.
 * The CDK ignores a key that no code reads, so a misspelt key would silently deploy the wrong settings. All other
 * keys are allowed, because the CDK and other constructs have their own keys.
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
    throw new Error(`Expected context ${name} to be a non-empty text: -c ${name}=…`);
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
