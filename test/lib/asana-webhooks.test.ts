import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { dispatcherEnvironmentNames } from '../../functions/dispatcher/env.ts';
import { exampleConsumerEnvironmentNames } from '../../functions/example-consumer/env.ts';
import { managementEnvironmentNames } from '../../functions/management/env.ts';
import { oauthEnvironmentNames } from '../../functions/oauth/env.ts';
import { receiverEnvironmentNames } from '../../functions/receiver/env.ts';
import { AsanaWebhooks } from '../../lib/asana-webhooks.ts';
import { AsanaWebhooksStack } from '../../lib/asana-webhooks-stack.ts';
import { readContext } from '../../lib/context.ts';
import { tables } from '../../local/aws/tables.ts';
import { propertiesOf, stackWith, templateWith, unbundledApp } from './template.ts';

function environmentOf(template: Template, id: RegExp): Record<string, unknown> {
  const { Environment } = propertiesOf(template, 'AWS::Lambda::Function', id);
  return (Environment as { Variables: Record<string, unknown> }).Variables;
}

describe('AsanaWebhooks', () => {
  const template = templateWith();
  const withExample = templateWith(
    { oauthReturnUrls: ['https://product.example.com/connected/'] },
    { exampleConsumer: true },
  );

  it('has the outputs that other tools rely on', () => {
    const outputs = template.findOutputs('*');
    expect(Object.keys(outputs).sort()).toEqual([
      'ApiUrl',
      'EventBusName',
      'EventLogTableName',
      'ManagementFunctionName',
      'RegistryTableName',
    ]);
  });

  it('gives each function exactly its own environment variables', () => {
    const names = [
      [/Receiver/, receiverEnvironmentNames],
      [/Management/, managementEnvironmentNames],
      [/Dispatcher/, dispatcherEnvironmentNames],
      [/ExampleConsumer/, exampleConsumerEnvironmentNames],
      [/OAuthFunction/, oauthEnvironmentNames],
    ] as const;
    for (const [id, expected] of names) {
      expect(Object.keys(environmentOf(withExample, id)).sort()).toEqual([...expected].sort());
    }
  });

  it('runs its functions on Node.js 24 and arm64, each with its own log group', () => {
    for (const id of [/Receiver/, /Management/, /Dispatcher/, /ExampleConsumer/]) {
      expect(propertiesOf(withExample, 'AWS::Lambda::Function', id)).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'Text', LogGroup: { Ref: expect.stringMatching(id) } },
      });
    }
  });

  it('has timeouts that end before Asana and the AWS CLI give up', () => {
    expect(propertiesOf(template, 'AWS::Lambda::Function', /Receiver/).Timeout).toBeLessThanOrEqual(10);
    expect(propertiesOf(template, 'AWS::Lambda::Function', /Management/).Timeout).toBeLessThan(60);
  });

  it.each([
    ['registry', /Registry/, tables.registry],
    ['event log', /EventLog/, tables.eventLog],
    ['table of handled events', /HandledEvents/, tables.handledEvents],
  ])('creates the %s with the keys and indexes of local mode', (_, id, local) => {
    const table = propertiesOf(withExample, 'AWS::DynamoDB::GlobalTable', id);
    expect(table.KeySchema).toEqual(local.KeySchema);
    expect(table.BillingMode).toBe(local.BillingMode);
    expect(table.AttributeDefinitions).toEqual(local.AttributeDefinitions);
    const indexes = 'GlobalSecondaryIndexes' in local ? local.GlobalSecondaryIndexes : undefined;
    expect(table.GlobalSecondaryIndexes).toEqual(indexes);
  });

  it('expires rows, keeps backups and streams new events', () => {
    for (const id of [/Registry/, /EventLog/]) {
      expect(propertiesOf(template, 'AWS::DynamoDB::GlobalTable', id)).toMatchObject({
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        ],
      });
    }
    expect(propertiesOf(template, 'AWS::DynamoDB::GlobalTable', /EventLog/)).toMatchObject({
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    });
  });

  it('has one public route, which is throttled', () => {
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Route')).toMatchObject({
      RouteKey: 'ANY /webhooks/{hookKey}',
    });
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Stage')).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    });
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Integration')).toMatchObject({
      PayloadFormatVersion: '2.0',
    });
  });

  it('lets customers connect only if oauthReturnUrls is set', () => {
    const routes = (of: Template) =>
      Object.values(of.findResources('AWS::ApiGatewayV2::Route')).map(
        ({ Properties }) => Properties.RouteKey,
      );
    expect(routes(template)).toEqual(['ANY /webhooks/{hookKey}']);
    expect(routes(withExample)).toEqual([
      'ANY /webhooks/{hookKey}',
      'GET /oauth/start',
      'GET /oauth/callback',
    ]);
    expect(environmentOf(withExample, /Management/).OAUTH_RETURN_URLS).toBe(
      'https://product.example.com/connected',
    );
    expect(environmentOf(template, /Management/).OAUTH_RETURN_URLS).toBe(',');
    expect(() => stackWith({ oauthReturnUrls: ['product.example.com'] })).toThrow('Expected oauthReturnUrls');
  });

  it('logs no path, query, header or body of a request', () => {
    const { AccessLogSettings } = propertiesOf(template, 'AWS::ApiGatewayV2::Stage');
    const { Format } = AccessLogSettings as { Format: string };
    const fields = Object.values(JSON.parse(Format) as Record<string, string>);
    expect(fields).toContain('$context.routeKey');
    expect(fields.filter((field) => /path|query|header|body|authorizer/i.test(field))).toEqual([]);
  });

  it('has no secret in the template', () => {
    const secrets = Object.values(template.findResources('AWS::SecretsManager::Secret')).map(
      ({ Properties }) => Properties,
    );
    expect(secrets).toHaveLength(3);
    const key = secrets.find(({ GenerateSecretString }) => GenerateSecretString);
    const byHand = secrets.filter((secret) => secret !== key);
    expect(key).not.toHaveProperty('SecretString');
    expect(key?.GenerateSecretString).toMatchObject({ GenerateStringKey: '1', PasswordLength: 64 });
    expect(byHand.map(({ Name, SecretString }) => [Name, SecretString]).sort()).toEqual([
      ['AsanaWebhooks/connections/default', '{}'],
      ['AsanaWebhooks/oauth-app', '{}'],
    ]);
  });

  it('keeps resources with data when the stack is deleted', () => {
    const kept = [
      'AWS::DynamoDB::GlobalTable',
      'AWS::SecretsManager::Secret',
      'AWS::Logs::LogGroup',
      'AWS::SQS::Queue',
    ];
    for (const type of kept) {
      for (const resource of Object.values(template.findResources(type))) {
        expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      }
    }
  });

  it('keeps no resource with RemovalPolicy.DESTROY', () => {
    const destroyed = templateWith({ removalPolicy: RemovalPolicy.DESTROY });
    for (const resource of Object.values(destroyed.toJSON().Resources as Record<string, object>)) {
      expect(resource).not.toMatchObject({ DeletionPolicy: 'Retain' });
    }
    for (const { Properties } of Object.values(destroyed.findResources('AWS::DynamoDB::GlobalTable'))) {
      expect(Properties.Replicas[0].DeletionProtectionEnabled).toBe(false);
    }
  });

  it('gives Asana the address of its own API, unless publicBaseUrl is set', () => {
    const own = environmentOf(template, /Management/);
    expect(own.ASANA_BASE_URL).toBe('https://app.asana.com/api/1.0');
    expect(JSON.stringify(own.PUBLIC_BASE_URL)).toContain('HttpApi');
    const other = templateWith({
      publicBaseUrl: 'https://hooks.example.com/',
      asanaBaseUrl: 'http://127.0.0.1:3002/api/1.0/',
    });
    expect(environmentOf(other, /Management/)).toMatchObject({
      PUBLIC_BASE_URL: 'https://hooks.example.com',
      ASANA_BASE_URL: 'http://127.0.0.1:3002/api/1.0',
    });
  });

  it('accepts a custom domain name', () => {
    const stack = new Stack(unbundledApp(), 'Own');
    const certificate = Certificate.fromCertificateArn(
      stack,
      'Cert',
      'arn:aws:acm:eu-central-1:000000000000:certificate/x',
    );
    const customDomain = { domainName: 'hooks.example.com', certificate };
    const webhooks = new AsanaWebhooks(stack, 'Webhooks', { customDomain });
    const own = Template.fromStack(stack);
    own.hasResourceProperties('AWS::ApiGatewayV2::DomainName', { DomainName: 'hooks.example.com' });
    own.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 1);
    expect(environmentOf(own, /Management/).PUBLIC_BASE_URL).toBe('https://hooks.example.com');
    expect(webhooks.api.domain).toBeDefined();
  });

  it('accepts retention and throttling', () => {
    const other = templateWith({
      eventRetention: Duration.days(7),
      logRetention: RetentionDays.ONE_WEEK,
      throttling: { rateLimit: 5, burstLimit: 10 },
    });
    expect(environmentOf(other, /Receiver/).EVENT_RETENTION_DAYS).toBe('7');
    other.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    other.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
    });
  });

  it.each([
    [{ publicBaseUrl: 'hooks.example.com' }, 'Expected publicBaseUrl to be an http(s) address'],
    [{ asanaBaseUrl: 'https://x.example.com/?a=1' }, 'Expected asanaBaseUrl to be an http(s) address'],
    [{ eventRetention: Duration.hours(36) }, 'Expected eventRetention to be a whole number of days'],
    [{ eventRetention: Duration.seconds(0) }, 'Expected eventRetention to be a whole number of days'],
  ])('refuses %j', (props, message) => {
    expect(() => stackWith(props)).toThrow(message);
  });

  it('grants a role only the requested permissions', () => {
    const stack = new Stack(unbundledApp(), 'Own');
    const webhooks = new AsanaWebhooks(stack, 'Webhooks');
    const role = new Role(stack, 'Someone', { assumedBy: new AccountPrincipal('000000000000') });
    webhooks.grantManage(role);
    webhooks.grantReadEvents(role);
    webhooks.grantConnect(role);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [{ Ref: Match.stringLikeRegexp('Someone') }],
      PolicyDocument: {
        Statement: [
          { Action: 'lambda:InvokeFunction', Resource: Match.anyValue() },
          { Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan'] },
          { Action: 'secretsmanager:PutSecretValue' },
        ].map((statement) => Match.objectLike(statement)),
      },
    });
  });
});

describe('readContext()', () => {
  const nodeWith = (context: Record<string, unknown>) => new App({ context }).node;

  it('ignores context keys of other tools', () => {
    const others = { '@aws-cdk/core:x': true, 'availability-zones:account=1': [], stage: 'dev', hosted: 'x' };
    expect(readContext(nodeWith(others))).toMatchObject({ stackName: 'AsanaWebhooks' });
  });

  it('has defaults for all values', () => {
    expect(readContext(nodeWith({}))).toMatchObject({ stackName: 'AsanaWebhooks' });
  });

  it('reads the values of cdk deploy -c', () => {
    const context = {
      stackName: 'Hooks',
      asanaBaseUrl: 'http://127.0.0.1:3002/api/1.0',
      publicBaseUrl: 'https://hooks.example.com',
      removalPolicy: 'destroy',
      archive: 'false',
      schemaRegistry: 'true',
      exampleConsumer: 'true',
    };
    const { stackName, webhooks, exampleConsumer } = readContext(nodeWith(context));
    expect(stackName).toBe('Hooks');
    expect(webhooks).toEqual({
      asanaBaseUrl: context.asanaBaseUrl,
      publicBaseUrl: context.publicBaseUrl,
      removalPolicy: RemovalPolicy.DESTROY,
      archive: false,
      schemaRegistry: true,
    });
    expect(exampleConsumer).toBe(true);
  });

  it.each([
    [{ removalPolicy: 'delete' }, 'Expected context removalPolicy to be "retain" or "destroy", got: delete'],
    [{ stackName: '' }, 'Expected context stackName to be a non-empty text'],
    [{ achive: 'false' }, 'Unknown context achive: did you mean -c archive=…?'],
    [{ Archive: 'false' }, 'Unknown context Archive: did you mean -c archive=…?'],
    [{ 'public-base-url': 'x' }, 'Unknown context public-base-url: did you mean -c publicBaseUrl=…?'],
    [{ removalPolcy: 'destroy' }, 'did you mean -c removalPolicy=…?'],
    [{ archive: 'no' }, 'Expected context archive to be "true" or "false", got: no'],
  ])('refuses %j', (context, message) => {
    expect(() => readContext(nodeWith(context))).toThrow(message);
  });

  it('names connection secrets after the stack', () => {
    const stack = new AsanaWebhooksStack(unbundledApp(), 'Hooks');
    expect(stack.webhooks.connections.secretPrefix).toBe('Hooks/connections/');
  });
});
