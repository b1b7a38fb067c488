import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { isKept } from './removal.ts';

export interface RegistryProps {
  /** What happens to the table when it is removed from the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** The table of known webhooks, one row per hook key. It also holds coordination rows. */
export class Registry extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: RegistryProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      // Keys only: liveness is written every minute. That write must not cost two index writes as well.
      globalSecondaryIndexes: [
        {
          indexName: 'byGid',
          partitionKey: { name: 'webhookGid', type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
        },
        {
          indexName: 'bySubscription',
          partitionKey: { name: 'subscription', type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
      timeToLiveAttribute: 'expiresAt',
      billing: Billing.onDemand(),
      // Hook secrets are encrypted before they are stored, so the AWS owned key is sufficient. It is free.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.removalPolicy,
      deletionProtection: isKept(props.removalPolicy),
    });
  }

  /** Allows the receiver to read a webhook, store the secret of a handshake and record a delivery. */
  grantReceive(grantee: IGrantable): Grant {
    return this.grant(grantee, [this.table.tableArn], ['dynamodb:GetItem', 'dynamodb:UpdateItem']);
  }

  /** Allows the OAuth function to find a pending authorization, bind it to a browser and consume it. */
  grantAuthorize(grantee: IGrantable): Grant {
    const actions = ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];
    return this.grant(grantee, [this.table.tableArn], actions);
  }

  /** Allows the management function to create, read, change and delete webhooks. */
  grantManage(grantee: IGrantable): Grant {
    const { tableArn } = this.table;
    const rows = [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      // Finds every subscription, for the events of all webhooks, and the webhooks of a connection.
      'dynamodb:Scan',
    ];
    return this.grant(grantee, [tableArn], rows).combine(
      this.grant(
        grantee,
        [`${tableArn}/index/byGid`, `${tableArn}/index/bySubscription`],
        ['dynamodb:Query'],
      ),
    );
  }

  private grant(grantee: IGrantable, resourceArns: string[], actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns });
  }
}
