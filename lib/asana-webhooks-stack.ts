import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AsanaWebhooks, type AsanaWebhooksProps } from './asana-webhooks.ts';
import { ExampleConsumer } from './functions/example-consumer.ts';

export interface AsanaWebhooksStackProps extends StackProps {
  /** What the webhooks are made with. @default - the defaults of AsanaWebhooks */
  readonly webhooks?: AsanaWebhooksProps;
  /** Whether there is a consumer that prints what changed. @default false */
  readonly exampleConsumer?: boolean;
}

/** A stack with AsanaWebhooks in it, and outputs that people and scripts rely on. */
export class AsanaWebhooksStack extends Stack {
  readonly webhooks: AsanaWebhooks;

  constructor(scope: Construct, id: string, props: AsanaWebhooksStackProps = {}) {
    super(scope, id, props);
    this.webhooks = new AsanaWebhooks(this, 'AsanaWebhooks', props.webhooks);
    const { api, management, registry, eventLog, bus } = this.webhooks;
    this.output('ApiUrl', "The endpoint's own address", api.httpApi.apiEndpoint);
    this.output('ManagementFunctionName', 'The function to invoke', management.function.functionName);
    this.output('RegistryTableName', 'The table of webhooks', registry.table.tableName);
    this.output('EventLogTableName', 'The table of received events', eventLog.table.tableName);
    this.output('EventBusName', 'The bus that carries events to consumers', bus.eventBus.eventBusName);
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
