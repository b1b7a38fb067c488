import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { type Occasion, toBusEntry } from '../../../core/publishing/bus-entry.ts';
import { matches } from '../../../local/aws/event-pattern.ts';
import { loggedEvent } from '../../core/events.ts';
import { only, propertiesOf, templateWith } from '../template.ts';

describe('the bus', () => {
  const template = templateWith();

  it('has an archive, which keeps neither replayed nor redriven events', () => {
    const { EventPattern, RetentionDays } = propertiesOf(template, 'AWS::Events::Archive');
    expect(RetentionDays).toBe(90);
    const isKept = (occasion: Occasion) => {
      const { detail } = toBusEntry(loggedEvent(1), occasion);
      return matches(EventPattern as object as Record<string, unknown>, {
        source: 'asana.webhooks',
        detail: JSON.parse(detail),
      });
    };
    expect(isKept({})).toBe(true);
    expect(isKept({ replay: { id: 'r', at: '2026-11-23T12:00:00Z' } })).toBe(false);
    expect(isKept({ consumer: 'billing' })).toBe(false);
    const other = templateWith({ archiveRetention: Duration.days(7) });
    expect(propertiesOf(other, 'AWS::Events::Archive')).toMatchObject({ RetentionDays: 7 });
  });

  it('has a schema for discovery', () => {
    const { Content, ...schema } = propertiesOf(template, 'AWS::EventSchemas::Schema');
    expect(schema).toMatchObject({ Type: 'JSONSchemaDraft4', SchemaName: 'asana.webhooks@AsanaEvent' });
    expect(JSON.parse(String(Content)).properties.detail.properties).toHaveProperty('event');
    expect(propertiesOf(template, 'AWS::EventSchemas::Registry').RegistryName).toBe('AsanaWebhooks-events');
  });

  it('can be created without the archive and without the schema', () => {
    const bare = templateWith({ archive: false, schemaRegistry: false });
    bare.resourceCountIs('AWS::Events::Archive', 0);
    bare.resourceCountIs('AWS::EventSchemas::Schema', 0);
    bare.resourceCountIs('AWS::EventSchemas::Registry', 0);
    bare.resourceCountIs('AWS::Events::EventBus', 1);
  });
});

it('the dispatcher receives only new events, and failed batches go to its dead-letter queue', () => {
  const template = templateWith();
  expect(propertiesOf(template, 'AWS::Lambda::EventSourceMapping')).toEqual({
    FunctionName: { Ref: expect.stringContaining('Dispatcher') },
    EventSourceArn: { 'Fn::GetAtt': [expect.stringContaining('EventLog'), 'StreamArn'] },
    StartingPosition: 'TRIM_HORIZON',
    FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
    BatchSize: 100,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    MaximumRecordAgeInSeconds: 6 * 3_600,
    MaximumRetryAttempts: 1_000,
    DestinationConfig: {
      OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringContaining('DispatcherDeadLetters'), 'Arn'] } },
    },
  });
  // Lambda reads the stream with the role of the function. The role must have the permission first.
  expect(only(template, 'AWS::Lambda::EventSourceMapping').DependsOn).toEqual(
    expect.arrayContaining([expect.stringMatching(/DispatcherRoleDefaultPolicy/)]),
  );
});
