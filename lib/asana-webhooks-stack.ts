import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AsanaWebhooks, type AsanaWebhooksProps } from './asana-webhooks.ts';
import { ExampleConsumer } from './functions/example-consumer.ts';

export interface AsanaWebhooksStackProps extends StackProps {
  /** The options of AsanaWebhooks. @default - the defaults of AsanaWebhooks */
  readonly webhooks?: AsanaWebhooksProps;
  /** Whether to deploy an example consumer that logs each change. @default false */
  readonly exampleConsumer?: boolean;
}

/** A stack that contains AsanaWebhooks. People and scripts rely on its outputs. */
export class AsanaWebhooksStack extends Stack {
  readonly webhooks: AsanaWebhooks;

  constructor(scope: Construct, id: string, props: AsanaWebhooksStackProps = {}) {
    super(scope, id, props);
    this.webhooks = new AsanaWebhooks(this, 'AsanaWebhooks', props.webhooks);
    const { api, management, registry, eventLog, bus } = this.webhooks;
    this.output('ApiUrl', 'The URL of the API, without a custom domain', api.httpApi.apiEndpoint);
    this.output(
      'ManagementFunctionName',
      'The Lambda function that manages webhooks and stored events',
      management.function.functionName,
    );
    this.output('RegistryTableName', 'The DynamoDB table of webhooks', registry.table.tableName);
    this.output('EventLogTableName', 'The DynamoDB table of received events', eventLog.table.tableName);
    this.output(
      'EventBusName',
      'The EventBridge event bus that delivers events to consumers',
      bus.eventBus.eventBusName,
    );
    if (props.exampleConsumer) {
      new ExampleConsumer(this, 'ExampleConsumer', {
        webhooks: this.webhooks,
        ...this.webhooks.functionProps,
      });
    }
  }

  private output(id: string, description: string, value: string): void {
    new CfnOutput(this, id, { description, value });
  }
}
