import { describe, expect, it } from 'vitest';
import { readMessage, toMessage } from '../../../adapters/aws/dead-letter-message.ts';

// The messages have the form in the AWS documentation.

const busEvent = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'task.changed',
  source: 'asana.webhooks',
  time: '2026-11-23T12:00:00Z',
  detail: { id: 'event-id', subscription: 'sub_A', event: { action: 'changed' } },
};

const asBus = {
  kind: 'bus',
  entry: {
    eventId: 'event-id',
    detailType: 'task.changed',
    time: new Date('2026-11-23T12:00:00Z'),
    detail: JSON.stringify(busEvent.detail),
  },
};

describe('readMessage()', () => {
  it('reads a message of toMessage(), which contains no body', () => {
    const key = { subscription: 'sub_A', sortKey: '2026-11-23T12:00:00.000Z#x' };
    const body = toMessage({ key, eventId: 'x', cause: 'MalformedDetail' });
    expect(readMessage({ Body: body })).toEqual({
      cause: 'MalformedDetail',
      content: { kind: 'event', key, eventId: 'x' },
    });
    expect(JSON.parse(body)).toEqual({ undeliverable: { ...key, eventId: 'x', cause: 'MalformedDetail' } });
  });

  it('reads a batch that Lambda gave up on', () => {
    const body = {
      requestContext: {
        requestId: '316aa6d0-8154-xmpl-9af7-85d5f4a6bc81',
        functionArn: 'arn:aws:lambda:us-east-2:123456789012:function:myfunction',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 1,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2019-11-14T00:13:49.717Z',
      DDBStreamBatchInfo: {
        shardId: 'shardId-00000001573689847184-864758bb',
        startSequenceNumber: '800000000003126276362',
        endSequenceNumber: '800000000003126276364',
        approximateArrivalOfFirstRecord: '2019-11-14T00:13:19Z',
        approximateArrivalOfLastRecord: '2019-11-14T00:13:19Z',
        batchSize: 2,
        streamArn: 'arn:aws:dynamodb:us-east-2:123456789012:table/mytable/stream/2019-11-14T00:04:06.388',
      },
    };
    expect(readMessage({ Body: JSON.stringify(body) })).toEqual({
      cause: 'RetryAttemptsExhausted',
      content: {
        kind: 'stream',
        records: 2,
        range: {
          shardId: 'shardId-00000001573689847184-864758bb',
          startSequenceNumber: '800000000003126276362',
          endSequenceNumber: '800000000003126276364',
          streamArn: 'arn:aws:dynamodb:us-east-2:123456789012:table/mytable/stream/2019-11-14T00:04:06.388',
        },
      },
    });
  });

  it('reads an event that EventBridge could not deliver', () => {
    const message = {
      Body: JSON.stringify(busEvent),
      MessageAttributes: {
        ERROR_CODE: { DataType: 'String', StringValue: 'AccessDeniedException' },
        RULE_ARN: { DataType: 'String', StringValue: 'arn:aws:events:…' },
      },
    };
    expect(readMessage(message)).toEqual({ cause: 'AccessDeniedException', content: asBus });
    expect(readMessage({ Body: message.Body })).toEqual({ cause: 'DeliveryFailed', content: asBus });
  });

  it.each([
    ['the error type', { errorType: 'TypeError', errorMessage: 'of a secret' }, 'TypeError'],
    ['the condition of Lambda', undefined, 'RetriesExhausted'],
  ])('reads an event that a consumer’s function failed on: the cause is %s', (_, responsePayload, cause) => {
    const body = {
      version: '1.0',
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: busEvent,
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload,
    };
    expect(readMessage({ Body: JSON.stringify(body) })).toEqual({ cause, content: asBus });
  });

  it('leaves out a time that is not valid', () => {
    const { content } = readMessage({ Body: JSON.stringify({ ...busEvent, time: 'noon' }) });
    expect(content).toEqual({ ...asBus, entry: { ...asBus.entry, time: undefined } });
  });

  it('does not accept a batch whose ends are not numbers', () => {
    const ends = { startSequenceNumber: '1', endSequenceNumber: 'x' };
    const DDBStreamBatchInfo = { streamArn: 'arn', shardId: 'shard', ...ends };
    expect(readMessage({ Body: JSON.stringify({ DDBStreamBatchInfo }) })).toMatchObject({
      content: { kind: 'unreadable' },
    });
  });

  it.each(['"text"', '["event-id"]', 'null'])('does not accept a bus event with the detail %s', (detail) => {
    const Body = JSON.stringify({ ...busEvent, detail: JSON.parse(detail) });
    expect(readMessage({ Body })).toMatchObject({ content: { kind: 'unreadable' } });
  });

  it.each([undefined, '', 'text', '5', 'null', '[]', '{}', '{"undeliverable":{}}', '{"detail":{}}'])(
    'returns UnreadableMessage for %j',
    (Body) => {
      expect(readMessage({ Body })).toEqual({
        cause: 'UnreadableMessage',
        content: { kind: 'unreadable' },
      });
    },
  );
});
