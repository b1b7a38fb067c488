import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { AsanaWebhooksProps } from '../../lib/asana-webhooks.ts';
import { AsanaWebhooksStack, type AsanaWebhooksStackProps } from '../../lib/asana-webhooks-stack.ts';

/** Returns an app that does not bundle, because a template only names its bundle. */
export function unbundledApp(): App {
  return new App({ context: { 'aws:cdk:bundling-stacks': [] } });
}

type StackProps = Omit<AsanaWebhooksStackProps, 'webhooks'>;

export function stackWith(webhooks?: AsanaWebhooksProps, props: StackProps = {}): AsanaWebhooksStack {
  return new AsanaWebhooksStack(unbundledApp(), 'AsanaWebhooks', { ...props, webhooks });
}

export function templateWith(webhooks?: AsanaWebhooksProps, props?: StackProps): Template {
  return Template.fromStack(stackWith(webhooks, props));
}

/** Returns the only resource of a type whose logical id matches. */
export function only(template: Template, type: string, idPattern = /./): Record<string, unknown> {
  const found = Object.entries(template.findResources(type)).filter(([id]) => idPattern.test(id));
  if (found.length !== 1) throw new Error(`Expected one ${type}, found ${found.length}`);
  return found[0]?.[1] as Record<string, unknown>;
}

/** Returns the properties of a resource. */
export function propertiesOf(template: Template, type: string, idPattern?: RegExp): Record<string, unknown> {
  return only(template, type, idPattern).Properties as Record<string, unknown>;
}
