import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ExampleConsumerEnvironment } from '../../functions/example-consumer/env.ts';
import type { AsanaWebhooks } from '../asana-webhooks.ts';
import { BundledFunction, type FunctionProps } from './bundled-function.ts';

export interface ExampleConsumerProps extends FunctionProps {
  readonly webhooks: AsanaWebhooks;
}

/** An example consumer: a function that logs what changed, once for each event. */
export class ExampleConsumer extends BundledFunction<ExampleConsumerEnvironment> {
  constructor(scope: Construct, id: string, props: ExampleConsumerProps) {
    const handledEvents = new TableV2(scope, 'HandledEvents', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiration',
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // The table holds only the ids of handled events. It is useless without the consumer.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      ...props,
      name: 'example-consumer',
      description: 'Logs what changed in Asana, once for each event',
      timeout: Duration.seconds(30),
      memorySize: 256,
      environment: {
        HANDLED_EVENTS_TABLE_NAME: handledEvents.tableName,
        POWERTOOLS_SERVICE_NAME: 'example-consumer',
        POWERTOOLS_METRICS_NAMESPACE: Stack.of(scope).stackName,
      },
    });
    Grant.addToPrincipal({
      grantee: this.function,
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      resourceArns: [handledEvents.tableArn],
    });
    props.webhooks.onEvent('example', {}, new LambdaFunction(this.function));
  }
}
