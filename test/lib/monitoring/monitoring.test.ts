import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { AsanaWebhooks } from '../../../lib/asana-webhooks.ts';
import { propertiesOf, templateWith, unbundledApp } from '../template.ts';

const template = templateWith({}, { exampleConsumer: true });
const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(
  ([id, { Properties }]) => [id, Properties as Record<string, string | number | undefined>] as const,
);

describe('alarms', () => {
  it('watch every step of an event, and the dead letters', () => {
    const names = alarms.map(([id]) =>
      id.replace(/^AsanaWebhooksMonitoring/, '').replace(/[0-9A-F]{8}$/, ''),
    );
    expect(names.sort()).toEqual([
      'AnswersSlow',
      'DeadLettersdispatcher',
      'DeadLettersexample',
      'EventsNotStored',
      'ManagementFails',
      'SignaturesRefused',
      'StreamBehind',
    ]);
  });

  it.each(alarms)('%s explains its meaning, and has an entry in the runbook', async (_, alarm) => {
    const description = String(alarm.AlarmDescription);
    const [, means, anchor] = /^(.+) What to do: docs\/runbook\.md#([a-z-]+)$/.exec(description) ?? [];
    expect(means).toMatch(/^[A-Z].+\.$/);
    const runbook = await readFile(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8');
    const entry = runbook.split(/^## /m).find((text) => anchorOf(text.split('\n')[0] ?? '') === anchor);
    for (const part of ['**What it means.**', '**How to look.**', '**How to resolve.**']) {
      expect(entry).toContain(part);
    }
  });

  it.each(alarms)('%s is silent without traffic', (_, alarm) => {
    expect(alarm.TreatMissingData).toBe('notBreaching');
  });

  it('use the alarmActions and the runbookUrl of the stack', () => {
    const stack = new Stack(unbundledApp(), 'Own');
    const action = new SnsAction(new Topic(stack, 'Topic'));
    new AsanaWebhooks(stack, 'Webhooks', {
      alarmActions: [action],
      runbookUrl: 'https://wiki.example.com/asana',
    });
    const own = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
    expect(own.length).toBeGreaterThan(5);
    for (const { Properties } of own) {
      expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Topic/) }]);
      expect(Properties.AlarmDescription).toContain('https://wiki.example.com/asana#');
    }
  });
});

function anchorOf(heading: string): string {
  return heading.trim().toLowerCase().replaceAll(' ', '-');
}

describe('the dashboard', () => {
  const { DashboardBody } = propertiesOf(template, 'AWS::CloudWatch::Dashboard') as {
    DashboardBody: { 'Fn::Join': [string, unknown[]] };
  };
  const body = JSON.parse(
    DashboardBody['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'ref')).join(''),
  ) as { widgets: { properties: { title: string; metrics: unknown[] } }[] };

  it('shows every step of an event on one page', () => {
    expect(body.widgets.map(({ properties }) => properties.title)).toEqual([
      'Deliveries',
      'Events',
      'Refusals by reason',
      'Time to answer Asana (ms)',
      'Time from event log to bus (ms)',
      'Delay of the stream (ms)',
      'Dead letters',
      '4xx and 5xx answers of the endpoint',
      'Management errors',
    ]);
    for (const { properties } of body.widgets) expect(properties.metrics.length).toBeGreaterThan(0);
  });

  it('can be left out', () => {
    templateWith({ dashboard: false }).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });
});
