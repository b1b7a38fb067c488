import type { Context, DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toEventRow, toUnreadableRow } from '../../../adapters/aws/event-row.ts';
import { keyOf, type LoggedEvent } from '../../../core/event.ts';
import { unreadableKeyOf } from '../../../core/unreadable-event.ts';
import { createDispatcher } from '../../../functions/dispatcher/dispatcher.ts';
import { linesTo } from '../../../local/aws/container.ts';
import { type LocalEventBus, startEventBus } from '../../../local/aws/event-bus.ts';
import { type Sqs, startSqs } from '../../../local/aws/sqs.ts';
import { createTestClock, type TestClock } from '../../clock.ts';
import { loggedEvents, noon, unreadableEvent } from '../../core/events.ts';
import { type CapturedOutput, captureOutput } from '../../in-process/output.ts';
import { createMortalPlatform } from '../../in-process/platform.ts';

let bus: LocalEventBus;
let sqs: Sqs;
let seen: string[];
let clock: TestClock;
let output: CapturedOutput;
/** The lines that the function prints. */
const lines: string[] = [];
let handler: ReturnType<typeof createDispatcher>;

beforeAll(async () => {
  bus = await startEventBus('example');
  sqs = await startSqs(['dead']);
  bus.addRule({ name: 'all', pattern: {}, deliver: async ({ detail }) => void seen.push(String(detail.id)) });
  clock = createTestClock();
  output = captureOutput(linesTo((line) => lines.push(line)));
  const { platform } = createMortalPlatform(clock, { eventBridge: bus.url, sqs: sqs.url });
  const env = {
    EVENT_BUS_NAME: 'example',
    DEAD_LETTER_QUEUE_URL: sqs.urlOf('dead'),
    POWERTOOLS_SERVICE_NAME: 'dispatcher',
    POWERTOOLS_METRICS_NAMESPACE: 'Test',
  };
  const dispatcher = output.during(() => createDispatcher(env, platform));
  handler = (...call) => output.during(() => dispatcher(...call));
});
afterAll(async () => {
  output.end();
  clock.stop();
  await bus.close();
  await sqs.close();
});
beforeEach(() => {
  seen = [];
  bus.setFault(undefined);
  lines.length = 0;
});

const events = loggedEvents(12);
const context = { awsRequestId: 'batch-1' } as Context;

function toRecord(event: LoggedEvent, index: number): DynamoDBRecord {
  const { subscription, sortKey } = keyOf(event);
  return {
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: `${100 + index}`,
      ApproximateCreationDateTime: noon.getTime() / 1_000,
      Keys: { subscription: { S: subscription }, sortKey: { S: sortKey } },
      NewImage: toEventRow(event, 1_000, noon) as NonNullable<DynamoDBRecord['dynamodb']>['NewImage'],
    },
  };
}

const records = events.map(toRecord);

function failFor(index: number, code = 'ThrottlingException'): void {
  const id = events[index]?.eventId;
  bus.setFault(({ Detail }) => (JSON.parse(Detail ?? '{}').id === id ? code : undefined));
}

describe('the dispatcher', () => {
  it('publishes a batch, and asks for no retry', async () => {
    expect(await handler({ Records: records }, context)).toEqual({ batchItemFailures: [] });
    await bus.settle();
    expect([...seen].sort()).toEqual(events.map(({ eventId }) => eventId).sort());
  });

  it('publishes inserted rows, and ignores modified and removed rows', async () => {
    const [first, second, third] = records as [DynamoDBRecord, DynamoDBRecord, DynamoDBRecord];
    const Records = [
      first,
      { ...second, eventName: 'MODIFY' as const },
      { ...third, eventName: 'REMOVE' as const },
    ];
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [] });
    await bus.settle();
    expect(seen).toEqual([events[0]?.eventId]);
  });

  it('returns the sequence number of the record at which the stream must continue', async () => {
    failFor(7);
    expect(await handler({ Records: records }, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: '107' }],
    });
    await bus.settle();
    expect(seen).toHaveLength(9);
  });

  it('throws if the very first record fails, so that Lambda counts the attempt', async () => {
    failFor(0);
    await expect(handler({ Records: records }, context)).rejects.toMatchObject({ name: 'NothingDispatched' });
  });

  it('stores a dead letter with the key of a refused event, and continues', async () => {
    failFor(3, 'MalformedDetail');
    expect(await handler({ Records: records }, context)).toEqual({ batchItemFailures: [] });
    const [event] = events.slice(3) as [LoggedEvent];
    expect(sqs.peek('dead').map((body) => JSON.parse(body))).toEqual([
      { undeliverable: { ...keyOf(event), eventId: event.eventId, cause: 'MalformedDetail' } },
    ]);
  });

  it('stores a dead letter with the reason of an unreadable event, and never its body', async () => {
    const bad = unreadableEvent(1, { reason: 'TooDeep', body: '{"private":{}}' });
    const row = toUnreadableRow(bad, 1_000, noon);
    const NewImage = row as NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];
    const [first, second] = records as [DynamoDBRecord, DynamoDBRecord];
    const Keys = { subscription: { S: bad.subscription }, sortKey: { S: row.sortKey?.S ?? '' } };
    const Records = [{ ...first, dynamodb: { ...first.dynamodb, Keys, NewImage } }, second];
    expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [] });
    await bus.settle();
    expect(seen).toEqual([events[1]?.eventId]);
    expect(JSON.parse(sqs.peek('dead').at(-1) ?? '{}')).toEqual({
      undeliverable: { ...unreadableKeyOf(bad), eventId: bad.eventId, cause: 'TooDeep' },
    });
    expect([...lines, ...sqs.peek('dead')].join()).not.toContain('private');
  });

  it('counts published events, and measures their time from receipt to the bus', async () => {
    await handler({ Records: records }, context);
    const metrics = lines.map((line) => JSON.parse(line)).find((line) => line.EventsPublished);
    expect(metrics).toMatchObject({
      service: 'dispatcher',
      correlation_id: 'batch-1',
      EventsPublished: 12,
      ReceiveToBus: expect.any(Number),
      eventIds: events.map(({ eventId }) => eventId).join(' '),
    });
    expect(lines.join()).not.toContain('due_on');
  });
});
