import { RemovalPolicy } from 'aws-cdk-lib';

/** Whether a resource stays in the account when it is removed from the stack. Such a table has deletion protection. */
export function isKept(removalPolicy: RemovalPolicy): boolean {
  return removalPolicy !== RemovalPolicy.DESTROY;
}
