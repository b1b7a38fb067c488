import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templateWith } from './template.ts';

interface Statement {
  readonly Action: string | string[];
  readonly Effect: string;
  readonly Resource: unknown;
  readonly Condition?: object;
}

/** Returns every permission of a function's role as `action on resource`, with shortened names and the partitions. */
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
    .flatMap(({ Action, Effect, Resource, Condition }) => {
      expect(Effect).toBe('Allow');
      const resources = Array.isArray(Resource) ? Resource : [Resource];
      return [Action]
        .flat()
        .flatMap((action) =>
          resources.map((resource) => `${action} on ${shorten(resource)}${partitionsIn(Condition)}`),
        );
    })
    .sort();
}

/** The only partitions of a table that a condition allows, for example ` at hook#*`. */
function partitionsIn(condition: object | undefined): string {
  if (condition === undefined) return '';
  const { 'ForAllValues:StringLike': keys, ...others } = condition as Record<
    string,
    Record<string, string[]>
  >;
  expect(others).toEqual({});
  return ` at ${keys?.['dynamodb:LeadingKeys']?.join(', ')}`;
}

/** `{ "Fn::GetAtt": ["AsanaWebhooksRegistryTable1522", "Arn"] }` reads as `RegistryTable`. */
function shorten(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = resource as Record<string, unknown>;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(shorten).join('');
  const id = String(Array.isArray(attribute) ? attribute[0] : Ref);
  const part = Array.isArray(attribute) && attribute[1] !== 'Arn' ? `.${attribute[1]}` : '';
  if (id.startsWith('AWS::')) return id;
  return id.replace(/^AsanaWebhooks/, '').replace(/[0-9A-F]{8}$/, '') + part;
}

describe('least privilege', () => {
  const template = templateWith(
    { oauthReturnUrls: ['https://product.example.com'] },
    { exampleConsumer: true },
  );

  it('of the receiver is exactly this list', () => {
    expect(permissionsOf(template, /Receiver/)).toEqual([
      'dynamodb:BatchWriteItem on EventLogTable',
      'dynamodb:GetItem on RegistryTable at hook#*',
      'dynamodb:UpdateItem on RegistryTable at hook#*',
      'logs:CreateLogStream on ReceiverLogs',
      'logs:PutLogEvents on ReceiverLogs',
      'secretsmanager:GetSecretValue on EncryptionKeySecret',
    ]);
  });

  it('of the dispatcher is exactly this list', () => {
    expect(permissionsOf(template, /Dispatcher/)).toEqual([
      'dynamodb:DescribeStream on EventLogTable.StreamArn',
      'dynamodb:GetRecords on EventLogTable.StreamArn',
      'dynamodb:GetShardIterator on EventLogTable.StreamArn',
      // The action does not support resources. It returns names of streams.
      'dynamodb:ListStreams on *',
      'events:PutEvents on BusEventBus',
      'logs:CreateLogStream on DispatcherLogs',
      'logs:PutLogEvents on DispatcherLogs',
      'sqs:SendMessage on DispatcherDeadLettersQueue',
    ]);
  });

  it('of the management function is exactly this list', () => {
    const redrive = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'];
    const queues = ['ConsumersexampleDeadLettersQueue', 'DispatcherDeadLettersQueue'];
    expect(permissionsOf(template, /Management/)).toEqual(
      [
        'dynamodb:BatchGetItem on RegistryTable',
        'dynamodb:DeleteItem on RegistryTable',
        'dynamodb:DescribeStream on EventLogTable.StreamArn',
        'dynamodb:GetItem on EventLogTable',
        'dynamodb:GetItem on RegistryTable',
        'dynamodb:GetRecords on EventLogTable.StreamArn',
        'dynamodb:GetShardIterator on EventLogTable.StreamArn',
        'dynamodb:PutItem on RegistryTable',
        'dynamodb:Query on EventLogTable',
        'dynamodb:Query on RegistryTable',
        'dynamodb:UpdateItem on RegistryTable',
        'events:PutEvents on BusEventBus',
        'logs:CreateLogStream on ManagementLogs',
        'logs:PutLogEvents on ManagementLogs',
        'secretsmanager:GetSecretValue on EncryptionKeySecret',
        'secretsmanager:GetSecretValue on ConnectionsOAuthApp',
        // The action does not support resources. It returns names of secrets.
        'secretsmanager:ListSecrets on *',
        ...[
          'CreateSecret',
          'DeleteSecret',
          'GetSecretValue',
          'PutSecretValue',
          // A refresh of tokens moves AWSCURRENT.
          'UpdateSecretVersionStage',
        ].map(
          (action) =>
            `secretsmanager:${action} on arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:AsanaWebhooks/connections/*`,
        ),
        ...queues.flatMap((queue) => redrive.map((action) => `sqs:${action} on ${queue}`)),
        // A redrive gives an event of a batch its own message if only this event cannot be sent.
        'sqs:SendMessage on DispatcherDeadLettersQueue',
      ].sort(),
    );
  });

  it('of the OAuth function is exactly this list: it can write tokens, and cannot read them', () => {
    const connections =
      'arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:AsanaWebhooks/connections/*';
    expect(permissionsOf(template, /WebhooksOAuthRole/)).toEqual(
      [
        'dynamodb:GetItem on RegistryTable at oauth#*',
        'dynamodb:UpdateItem on RegistryTable at oauth#*',
        'logs:CreateLogStream on OAuthLogs',
        'logs:PutLogEvents on OAuthLogs',
        'secretsmanager:GetSecretValue on ConnectionsOAuthApp',
        `secretsmanager:CreateSecret on ${connections}`,
        `secretsmanager:PutSecretValue on ${connections}`,
      ].sort(),
    );
  });

  it('of the example consumer is exactly this list', () => {
    expect(permissionsOf(template, /ExampleConsumer/)).toEqual([
      'dynamodb:DeleteItem on HandledEvents',
      'dynamodb:GetItem on HandledEvents',
      'dynamodb:PutItem on HandledEvents',
      'dynamodb:UpdateItem on HandledEvents',
      'logs:CreateLogStream on ExampleConsumerLogs',
      'logs:PutLogEvents on ExampleConsumerLogs',
      // The dead-letter queue receives the events that the example consumer fails on.
      'sqs:SendMessage on ConsumersexampleDeadLettersQueue',
    ]);
  });

  it('has no other role, and only API Gateway and EventBridge may invoke a function', () => {
    expect(Object.keys(template.findResources('AWS::IAM::Role'))).toHaveLength(5);
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties,
    );
    const invokers = permissions.map(({ Principal, FunctionName }) => [
      Principal,
      shorten(FunctionName['Fn::GetAtt'] ? { Ref: FunctionName['Fn::GetAtt'][0] } : FunctionName),
    ]);
    expect(invokers).toEqual([
      ['apigateway.amazonaws.com', 'ReceiverFunction'],
      ['apigateway.amazonaws.com', 'OAuthFunction'],
      ['apigateway.amazonaws.com', 'OAuthFunction'],
      ['events.amazonaws.com', 'ExampleConsumerFunction'],
    ]);
    expect(JSON.stringify(permissions[0])).toContain('/webhooks/{hookKey}');
    expect(JSON.stringify(permissions[1]?.SourceArn)).toContain('/oauth/start');
    expect(JSON.stringify(permissions[2]?.SourceArn)).toContain('/oauth/callback');
    expect(JSON.stringify(permissions[3]?.SourceArn)).toContain('ConsumersexampleRule');
  });

  it('lets only the rule of a consumer put messages into its dead-letter queue, and only with TLS', () => {
    const [statements] = Object.entries(template.findResources('AWS::SQS::QueuePolicy'))
      .filter(([id]) => id.includes('Consumersexample'))
      .map(([, { Properties }]) => Properties.PolicyDocument.Statement);
    expect(statements).toMatchObject([
      { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: {
          ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringContaining('Rule'), 'Arn'] } },
        },
      },
    ]);
  });

  it('holds for every function: each function has its own role', () => {
    const roles = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
      JSON.stringify(Properties.Role),
    );
    expect(roles).toHaveLength(5);
    expect(new Set(roles).size).toBe(roles.length);
  });
});
