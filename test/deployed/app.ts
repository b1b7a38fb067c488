import { App, CfnOutput } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { AsanaWebhooksStack } from '../../lib/asana-webhooks-stack.ts';
import { readContext } from '../../lib/context.ts';

// The stack of `npx cdk deploy`, with a consumer that a user would add: events on tasks go to a queue.

const app = new App();
const { stackName, ...props } = readContext(app.node);
const stack = new AsanaWebhooksStack(app, stackName, props);
const queue = new Queue(stack, 'Queue', { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true });
const consumer = stack.webhooks.onEvent('queue', { resourceType: 'task' }, new SqsQueue(queue));
new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
new CfnOutput(stack, 'QueueDeadLettersUrl', { value: consumer.deadLetters.queue.queueUrl });
const { dispatcher } = stack.webhooks;
new CfnOutput(stack, 'DispatcherFunctionName', { value: dispatcher.function.functionName });
new CfnOutput(stack, 'DispatcherDeadLettersUrl', { value: dispatcher.deadLetters.queue.queueUrl });
