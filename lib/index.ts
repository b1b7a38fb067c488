// The package's main entry point.
export type { CustomDomain, Throttling } from './api.ts';
export { AsanaWebhooks, type AsanaWebhooksProps } from './asana-webhooks.ts';
export { AsanaWebhooksStack, type AsanaWebhooksStackProps } from './asana-webhooks-stack.ts';
export type { Consumer, RetryPolicy } from './delivery/consumer.ts';
export type { EventSelection } from './delivery/event-selection.ts';
