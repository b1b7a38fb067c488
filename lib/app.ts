import { App } from 'aws-cdk-lib';
import { AsanaWebhooksStack } from './asana-webhooks-stack.ts';
import { readContext } from './context.ts';
import { addNag } from './nag.ts';

const app = new App();
const { stackName, webhooks, exampleConsumer } = readContext(app.node);
new AsanaWebhooksStack(app, stackName, {
  webhooks,
  exampleConsumer,
  description: 'Receives, verifies, stores and forwards the events of Asana webhooks',
});
addNag(app);
