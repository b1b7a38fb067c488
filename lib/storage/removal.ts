import { RemovalPolicy } from 'aws-cdk-lib';

/** Whether what is removed from the stack stays in the account, where a table must then resist deletion, too. */
export function isKept(removalPolicy: RemovalPolicy): boolean {
  return removalPolicy !== RemovalPolicy.DESTROY;
}
