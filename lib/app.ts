import { App } from 'aws-cdk-lib';
import { AsanaWebhooksStack } from './asana-webhooks-stack.ts';
import { readContext } from './context.ts';
import { addNag } from './nag.ts';

const app = new App();
const { stackName, webhooks } = readContext(app.node);
new AsanaWebhooksStack(app, stackName, {
  webhooks,
  description: 'Receives, verifies, stores and manages Asana webhooks',
});
addNag(app);
