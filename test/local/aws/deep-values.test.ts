import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect, it } from 'vitest';
import { localAws } from '../../../local/aws/account.ts';
import { startEventBus } from '../../../local/aws/event-bus.ts';
import type { StreamRecord } from '../../../local/aws/event-stream.ts';
import { receivedEventOf } from '../../../local/aws/received-event.ts';

const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

function recordOf(event: string): StreamRecord {
  const NewImage = {
    eventId: { S: 'id' },
    subscription: { S: 'sub' },
    webhookGid: { S: '1' },
    event: { S: event },
  };
  return { eventName: 'INSERT', dynamodb: { NewImage } } as unknown as StreamRecord;
}

it('receivedEventOf() omits an event that cannot be printed', () => {
  expect(receivedEventOf(recordOf(nested(3)))).toEqual({
    eventId: 'id',
    subscription: 'sub',
    webhook: '1',
    event: { a: { a: { a: 1 } } },
  });
  expect(receivedEventOf(recordOf(nested(20_000)))).toBeUndefined();
  expect(receivedEventOf(recordOf('{'))).toBeUndefined();
});

it('the bus refuses a detail that cannot be passed to a target', async () => {
  const bus = await startEventBus('bus');
  const client = new EventBridgeClient({ ...localAws, endpoint: bus.url });
  const delivered: string[] = [];
  bus.addRule({
    name: 'all',
    pattern: { source: ['s'] },
    deliver: async ({ id }) => void delivered.push(id),
  });
  const entry = { EventBusName: 'bus', Source: 's', DetailType: 'd' };
  const { FailedEntryCount, Entries = [] } = await client.send(
    new PutEventsCommand({
      Entries: [
        { ...entry, Detail: nested(3) },
        { ...entry, Detail: nested(20_000) },
      ],
    }),
  );
  await bus.settle();
  expect(FailedEntryCount).toBe(1);
  expect(Entries[1]?.ErrorCode).toBe('MalformedDetail');
  expect(delivered).toEqual([Entries[0]?.EventId]);
  client.destroy();
  await bus.close();
});
