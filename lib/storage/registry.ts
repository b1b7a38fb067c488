import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { isKept } from './removal.ts';

export interface RegistryProps {
  /** What happens to the table when it is removed from the stack. */
  readonly removalPolicy: RemovalPolicy;
}

/** The table of hooks, subscriptions and coordination rows. `adapters/aws/registry-key.ts` lists the kinds of rows. */
export class Registry extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, props: RegistryProps) {
    super(scope, id);
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      billing: Billing.onDemand(),
      // Hook secrets are encrypted before they are stored, so the AWS owned key is sufficient. It is free.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.removalPolicy,
      deletionProtection: isKept(props.removalPolicy),
    });
  }

  /** Allows the receiver to read a hook, store the secret of a handshake and record a delivery. */
  grantReceive(grantee: IGrantable): Grant {
    return this.grant(grantee, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['hook#*']);
  }

  /** Allows the OAuth function to find a pending authorization, bind it to a browser and take it. */
  grantAuthorize(grantee: IGrantable): Grant {
    return this.grant(grantee, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['oauth#*']);
  }

  /** Allows the management function to read and change every row. */
  grantManage(grantee: IGrantable): Grant {
    return this.grant(grantee, [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    ]);
  }

  /** With `partitions`, only rows whose partition key matches one of these patterns. */
  private grant(grantee: IGrantable, actions: string[], partitions?: string[]): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [this.table.tableArn],
      ...(partitions && {
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
      }),
    });
  }
}
