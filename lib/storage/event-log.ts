import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { isKept } from './removal.ts';

export interface EventLogProps {
  /** What happens to the table when it is removed from the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The table of received events. A repeated event has the same key, so it is the same item. The table's stream
 * feeds the bus.
 */
export class EventLog extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: EventLogProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'subscription', type: AttributeType.STRING },
      sortKey: { name: 'sortKey', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      dynamoStream: StreamViewType.NEW_IMAGE,
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.removalPolicy,
      deletionProtection: isKept(props.removalPolicy),
    });
  }

  /** The ARN of the stream of new images. */
  get streamArn(): string {
    // The table always has a stream.
    return this.table.tableStreamArn ?? '';
  }

  /** Allows the dispatcher, or a redrive, to read the stream. */
  grantReadStream(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resourceArns: [this.streamArn],
    });
  }

  /** Allows the management function to list, find and replay events. */
  grantManage(grantee: IGrantable): Grant {
    return this.grant(grantee, ['dynamodb:GetItem', 'dynamodb:Query']);
  }

  /** Allows the receiver to store events, and nothing else. */
  grantAppend(grantee: IGrantable): Grant {
    return this.grant(grantee, ['dynamodb:BatchWriteItem']);
  }

  /** Allows the grantee to read the events in the event log. */
  grantRead(grantee: IGrantable): Grant {
    return this.grant(grantee, [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:Scan',
    ]);
  }

  private grant(grantee: IGrantable, actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.table.tableArn] });
  }
}
