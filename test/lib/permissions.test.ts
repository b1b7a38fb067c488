import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templateWith } from './template.ts';

interface Statement {
  readonly Action: string | string[];
  readonly Effect: string;
  readonly Resource: unknown;
}

/** Every permission of a function's role: `action on resource`, with the stack's own names shortened. */
function permissionsOf(template: Template, role: RegExp): readonly string[] {
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => role.test(id));
  expect(roles).toHaveLength(1);
  for (const [, { Properties }] of roles) {
    expect(Properties.ManagedPolicyArns).toBeUndefined();
    expect(Properties.Policies).toBeUndefined();
  }
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    Properties.Roles.some(({ Ref }: { Ref: string }) => role.test(Ref)),
  );
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
    .flatMap(({ Action, Effect, Resource }) => {
      expect(Effect).toBe('Allow');
      const resources = Array.isArray(Resource) ? Resource : [Resource];
      return [Action]
        .flat()
        .flatMap((action) => resources.map((resource) => `${action} on ${shorten(resource)}`));
    })
    .sort();
}

/** `{ "Fn::GetAtt": ["AsanaWebhooksRegistryTable1522", "Arn"] }` reads as `RegistryTable`. */
function shorten(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = resource as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(shorten).join('');
  const id = String(Array.isArray(attribute) ? attribute[0] : Ref);
  return id.startsWith('AWS::') ? id : id.replace(/^AsanaWebhooks/, '').replace(/[0-9A-F]{8}$/, '');
}

describe('least privilege', () => {
  const template = templateWith();

  it('of the receiver is exactly this', () => {
    expect(permissionsOf(template, /Receiver/)).toEqual([
      'dynamodb:BatchWriteItem on EventLogTable',
      'dynamodb:GetItem on RegistryTable',
      'dynamodb:UpdateItem on RegistryTable',
      'logs:CreateLogStream on ReceiverLogs',
      'logs:PutLogEvents on ReceiverLogs',
      'secretsmanager:GetSecretValue on SealingKeySecret',
    ]);
  });

  it('of the management function is exactly this', () => {
    expect(permissionsOf(template, /Management/)).toEqual([
      'dynamodb:DeleteItem on RegistryTable',
      'dynamodb:GetItem on RegistryTable',
      'dynamodb:PutItem on RegistryTable',
      'dynamodb:Query on RegistryTable/index/byGid',
      'dynamodb:Query on RegistryTable/index/bySubscription',
      'dynamodb:UpdateItem on RegistryTable',
      'logs:CreateLogStream on ManagementLogs',
      'logs:PutLogEvents on ManagementLogs',
      'secretsmanager:GetSecretValue on SealingKeySecret',
      'secretsmanager:GetSecretValue on arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:AsanaWebhooks/connections/*',
    ]);
  });

  it('has no other role, and nobody but API Gateway may invoke the receiver', () => {
    expect(Object.keys(template.findResources('AWS::IAM::Role'))).toHaveLength(2);
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
    expect(permissions.map(({ Properties }) => Properties.Principal)).toEqual(['apigateway.amazonaws.com']);
    expect(JSON.stringify(permissions[0])).toContain('/webhooks/{hookKey}');
  });

  it('holds for every function: each has a role of its own', () => {
    const roles = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
      JSON.stringify(Properties.Role),
    );
    expect(new Set(roles).size).toBe(roles.length);
  });
});
