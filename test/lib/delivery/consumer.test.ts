import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as Fn, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { AsanaWebhooks } from '../../../lib/asana-webhooks.ts';
import type { RetryPolicy } from '../../../lib/delivery/consumer.ts';
import { type EventSelection, patternFor } from '../../../lib/delivery/event-selection.ts';
import { matches } from '../../../local/aws/event-pattern.ts';
import { consumerRule } from '../../../local/aws/function-target.ts';
import { only, propertiesOf, unbundledApp } from '../template.ts';

const event = {
  source: 'asana.webhooks',
  'detail-type': 'task.changed',
  detail: {
    id: 'x',
    subscription: 'sub_AAAAAAAAAAAAAAAAAAAAAA',
    webhook: { gid: '77', resource: '55', connection: 'default' },
    event: {
      action: 'changed',
      resource: { gid: '1', resource_type: 'task' },
      change: { field: 'due_on', action: 'changed' },
    },
  },
};

/** Returns whether a consumer named `mine` receives the event. */
function gets(selection: EventSelection, detail: object = {}): boolean {
  const pattern = new Stack().resolve(patternFor('mine', selection)) as Record<string, unknown>;
  return matches(pattern, { ...event, detail: { ...event.detail, ...detail } });
}

describe('patternFor()', () => {
  it.each<[EventSelection, boolean]>([
    [{}, true],
    [{ resourceType: 'task' }, true],
    [{ resourceType: 'story' }, false],
    [{ resourceType: ['story', 'task'] }, true],
    [{ action: 'changed' }, true],
    [{ action: ['added', 'removed'] }, false],
    [{ field: 'due_on' }, true],
    [{ field: ['completed', 'due_on'] }, true],
    [{ field: 'completed' }, false],
    [{ resourceType: 'task', action: 'changed', field: 'due_on' }, true],
    [{ resourceType: 'project', action: 'changed', field: 'due_on' }, false],
    [{ webhook: '77' }, true],
    [{ webhook: ['76', '78'] }, false],
    [{ webhook: 'sub_AAAAAAAAAAAAAAAAAAAAAA' }, true],
    [{ webhook: 'sub_BBBBBBBBBBBBBBBBBBBBBB' }, false],
    [{ connection: 'default' }, true],
    [{ connection: 'other', webhook: '77' }, false],
  ])('selects %j: %s', (selection, expected) => {
    expect(gets(selection)).toBe(expected);
  });

  it('selects events for all consumers and for this consumer, and not for another consumer', () => {
    expect(gets({}, { consumer: 'mine' })).toBe(true);
    expect(gets({}, { consumer: 'yours' })).toBe(false);
    expect(gets({}, { replay: { id: 'r', at: '' } })).toBe(true);
  });

  it.each<[EventSelection, string]>([
    [
      { field: 'due_on', action: 'added' },
      'Expected the action "changed" for a selection by field, got: added',
    ],
    [{ resourceType: [] }, 'Expected resourceType to have valid values, at least one, got: none'],
    [{ resourceType: 'Task' }, 'got: Task'],
    [{ webhook: 'my webhook' }, 'got: my webhook'],
    [{ webhook: ['77', 'sub_AAAAAAAAAAAAAAAAAAAAAA'] }, 'got: both'],
  ])('refuses %j, because it can never match', (selection, message) => {
    expect(() => patternFor('mine', selection)).toThrow(message);
  });

  it('returns the same pattern as the rule of local mode', () => {
    const options = { name: 'example' } as Parameters<typeof consumerRule>[0];
    expect(new Stack().resolve(patternFor('example', {}))).toEqual(consumerRule(options).pattern);
  });
});

describe('onEvent()', () => {
  function stackWithQueue(retry?: RetryPolicy) {
    const stack = new Stack(unbundledApp(), 'Own');
    const webhooks = new AsanaWebhooks(stack, 'Webhooks');
    webhooks.onEvent('Billing', { resourceType: 'task' }, new SqsQueue(new Queue(stack, 'Mine')), retry);
    return { stack, webhooks, template: Template.fromStack(stack) };
  }

  const targetOf = (template: Template) =>
    (propertiesOf(template, 'AWS::Events::Rule', /Billing/).Targets as readonly object[])[0];

  it('creates a rule with its own retry policy and its own dead-letter queue', () => {
    const { template } = stackWithQueue();
    expect(propertiesOf(template, 'AWS::Events::Rule', /Billing/)).toMatchObject({
      EventBusName: { Ref: expect.stringContaining('EventBus') },
      EventPattern: { detail: { event: { resource: { resource_type: ['task'] } } } },
    });
    expect(targetOf(template)).toMatchObject({
      Arn: { 'Fn::GetAtt': [expect.stringMatching(/^Mine/), 'Arn'] },
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringContaining('BillingDeadLetters'), 'Arn'] } },
    });
    expect(propertiesOf(template, 'AWS::SQS::Queue', /BillingDeadLetters/)).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 3_600,
    });
  });

  it('accepts another retry policy', () => {
    const { template } = stackWithQueue({ retryAttempts: 3, maxEventAge: Duration.hours(1) });
    expect(targetOf(template)).toMatchObject({
      RetryPolicy: { MaximumEventAgeInSeconds: 3_600, MaximumRetryAttempts: 3 },
    });
  });

  it('lets the management function redrive the queue, and adds an alarm for the queue', () => {
    const { template } = stackWithQueue();
    const { Environment } = propertiesOf(template, 'AWS::Lambda::Function', /Management/) as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(JSON.stringify(Environment.Variables.DEAD_LETTER_QUEUE_URLS)).toMatch(/dispatcher.*Billing/);
    expect(only(template, 'AWS::CloudWatch::Alarm', /DeadLettersBilling/)).toBeDefined();
    const dashboard = propertiesOf(template, 'AWS::CloudWatch::Dashboard').DashboardBody;
    expect(JSON.stringify(dashboard)).toContain('BillingDeadLetters');
  });

  it('keeps failed events of a function in the same stack, unless it has retry settings', () => {
    const stack = new Stack(unbundledApp(), 'Own');
    const webhooks = new AsanaWebhooks(stack, 'Webhooks');
    const props = { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('x') };
    webhooks.onEvent('First', {}, new LambdaFunction(new Fn(stack, 'Plain', props)));
    webhooks.onEvent('Second', {}, new LambdaFunction(new Fn(stack, 'Own', { ...props, retryAttempts: 0 })));
    const template = Template.fromStack(stack);
    expect(propertiesOf(template, 'AWS::Lambda::EventInvokeConfig', /^Plain/)).toMatchObject({
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringMatching('FirstDead'), 'Arn'] } },
      },
    });
    expect(propertiesOf(template, 'AWS::Lambda::EventInvokeConfig', /^Own/)).not.toHaveProperty(
      'DestinationConfig',
    );
  });

  it('accepts a target in another stack', () => {
    const app = unbundledApp();
    const theirs = new Stack(app, 'Theirs');
    const props = { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('x') };
    const fn = new Fn(theirs, 'Fn', props);
    const stack = new Stack(app, 'Own');
    new AsanaWebhooks(stack, 'Webhooks').onEvent('Theirs', {}, new LambdaFunction(fn));
    expect(() => app.synth()).not.toThrow();
  });

  it.each(['dispatcher', 'with space', 'x'.repeat(65)])('refuses the name %j', (id) => {
    const stack = new Stack(unbundledApp(), 'Own');
    const webhooks = new AsanaWebhooks(stack, 'Webhooks');
    const target = new SqsQueue(new Queue(stack, 'Mine'));
    expect(() => webhooks.onEvent(id, {}, target)).toThrow('Expected a consumer');
  });
});
