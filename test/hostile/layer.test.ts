import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newHookKey as newId } from '../../core/hook.ts';
import { type HostileDynamoDb, startHostileDynamoDb } from './dynamodb.ts';
import type { Mixture } from './faults.ts';
import { clientFor, count, keyOf, notes, put, read } from './notes.ts';

const { TableName } = notes;
const still: Mixture = { loseAnswer: 0, fail: 0, throttle: 0, partial: 0, stale: 0, delay: 0, expire: 0 };
const start = new Date('2026-11-23T10:00:00.000Z');
let nowMs = start.getTime();
let hostile: HostileDynamoDb;
let client: DynamoDBClient;
let id: string;

beforeAll(async () => {
  hostile = await startHostileDynamoDb([notes], { seed: 1, now: () => new Date(nowMs), faults: still });
  client = clientFor(hostile.url);
});
afterAll(async () => {
  client.destroy();
  await hostile.close();
});
beforeEach(async () => {
  id = newId();
  // Rows of other tests are older than a replica can be.
  nowMs += 60_000;
  hostile.calm();
  hostile.resume();
  await hostile.expire();
});

const inSeconds = (seconds: number) => ({ expiresAt: { N: String(Math.floor(nowMs / 1_000) + seconds) } });
const conditionalPut = () =>
  client.send(
    new PutItemCommand({ TableName, Item: keyOf(id), ConditionExpression: 'attribute_not_exists(id)' }),
  );

describe('a lost answer', () => {
  it.each(['connection dropped', 'InternalServerError'] as const)(
    'comes after the write, and the SDK repeats the write (%s)',
    async (how) => {
      const lost = hostile.loseAnswer({ operation: 'PutItem', how });
      await expect(conditionalPut()).rejects.toMatchObject({
        name: 'ConditionalCheckFailedException',
        $metadata: { attempts: 2 },
      });
      expect(lost.times).toBe(1);
    },
  );

  it('makes the SDK repeat an update, a deletion and a batch', async () => {
    hostile.loseAnswer({ operation: 'UpdateItem' });
    expect(await count(client, id)).toBe(2);
    hostile.loseAnswer({ operation: 'DeleteItem' });
    const deletion = { TableName, Key: keyOf(id), ConditionExpression: 'attribute_exists(id)' };
    await expect(client.send(new DeleteItemCommand(deletion))).rejects.toThrow('conditional');
    const lost = hostile.loseAnswer({ operation: 'BatchWriteItem' });
    const RequestItems = { [TableName]: [{ PutRequest: { Item: keyOf(id) } }] };
    const { $metadata } = await client.send(new BatchWriteItemCommand({ RequestItems }));
    expect([$metadata.attempts, lost.times]).toEqual([2, 1]);
  });

  it('of the nth write is lost, and of no other write', async () => {
    hostile.loseAnswer({ operation: 'UpdateItem', nth: 3, where: ({ input }) => input.Key?.id?.S === id });
    await count(client, newId());
    const counted = [await count(client, id), await count(client, id), await count(client, id)];
    expect(counted).toEqual([1, 2, 4]);
  });

  it('is lost for good if the test orders so, and the write is done', async () => {
    const lost = hostile.loseAnswer({ operation: 'PutItem', forGood: true });
    await expect(put(client, id, 'a')).rejects.toMatchObject({ $metadata: { attempts: 4 } });
    expect(lost.times).toBe(4);
    expect(await read(client, id)).toBe('a');
  });
});

describe('a refusal', () => {
  it.each([
    ['throttle', 'throttled'],
    ['fail', 'failed'],
  ] as const)('does nothing, and the SDK repeats the request (%s)', async (knob, counted) => {
    const before = hostile.counts[counted];
    hostile[knob]({ operation: 'UpdateItem' });
    expect(await count(client, id)).toBe(1);
    expect(hostile.counts[counted]).toBe(before + 1);
  });

  it('for good reaches the caller', async () => {
    hostile.throttle({ operation: 'BatchWriteItem', forGood: true });
    const RequestItems = { [TableName]: [{ PutRequest: { Item: keyOf(id) } }] };
    await expect(client.send(new BatchWriteItemCommand({ RequestItems }))).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
    expect(await read(client, id)).toBeUndefined();
  });

  it('meets every request while DynamoDB is down', async () => {
    const comeBack = hostile.goDown();
    await expect(put(client, id, 'a')).rejects.toMatchObject({ name: 'InternalServerError' });
    comeBack();
    expect(await read(client, id)).toBeUndefined();
  });
});

describe('a partial answer', () => {
  const items = () => ['1', '2', '3'].map((at) => keyOf(id, at));
  const ofId = () => ({
    TableName,
    KeyConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':id': { S: id } },
    ConsistentRead: true,
  });

  it('names the writes of a batch that were not done', async () => {
    hostile.cut({ operation: 'BatchWriteItem', only: 1 });
    const requests = items().map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }),
    );
    expect(UnprocessedItems).toEqual({ [TableName]: requests.slice(1) });
    expect((await client.send(new QueryCommand(ofId()))).Items).toEqual([keyOf(id, '1')]);
  });

  it('names the keys of a batch that were not read', async () => {
    hostile.cut({ operation: 'BatchGetItem', only: 2 });
    for (const Item of items()) await client.send(new PutItemCommand({ TableName, Item }));
    const RequestItems = { [TableName]: { Keys: items(), ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }));
    expect(Responses?.[TableName]).toHaveLength(2);
    expect(UnprocessedKeys).toEqual({ [TableName]: { Keys: [keyOf(id, '3')], ConsistentRead: true } });
  });

  it('is a page that ends before the limit', async () => {
    for (const Item of items()) await client.send(new PutItemCommand({ TableName, Item }));
    hostile.cut({ operation: 'Query', only: 1 });
    const first = await client.send(new QueryCommand({ ...ofId(), Limit: 3 }));
    expect([first.Items, first.LastEvaluatedKey]).toEqual([[keyOf(id, '1')], keyOf(id, '1')]);
    const rest = await client.send(
      new QueryCommand({ ...ofId(), ExclusiveStartKey: first.LastEvaluatedKey }),
    );
    expect(rest.Items).toHaveLength(2);
  });
});

describe('a stale read', () => {
  const colored = (color: string) => ({
    TableName,
    IndexName: 'byColor',
    KeyConditionExpression: 'color = :color',
    ExpressionAttributeValues: { ':color': { S: color } },
  });

  it('returns the row as it was before its last write, and only if it is not consistent', async () => {
    await put(client, id, 'a');
    await put(client, id, 'b');
    for (const nth of [1, 2, 3]) hostile.makeStale({ operation: 'GetItem', nth });
    expect(await read(client, id, true)).toBe('b');
    expect(await read(client, id, false)).toBe('a');
    expect(await read(client, id, true)).toBe('b');
  });

  it('catches up after two stale answers, or after a second', async () => {
    await put(client, id, 'a');
    for (const nth of [1, 2, 3, 4]) hostile.makeStale({ operation: 'GetItem', nth });
    const seen = [];
    for (let index = 0; index < 3; index += 1) seen.push(await read(client, id, false));
    expect(seen).toEqual([undefined, undefined, 'a']);
    await put(client, id, 'b');
    nowMs += 1_000;
    expect(await read(client, id, false)).toBe('b');
  });

  it('sees a row that was deleted, also in a scan and in a batch', async () => {
    await put(client, id, 'a');
    await read(client, id);
    await client.send(new DeleteItemCommand({ TableName, Key: keyOf(id) }));
    hostile.makeStale({ operation: 'Scan' });
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    expect(Items.map((item) => item.id?.S)).toContain(id);
    hostile.makeStale({ operation: 'BatchGetItem' });
    const RequestItems = { [TableName]: { Keys: [keyOf(id)] } };
    const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems }));
    expect(Responses?.[TableName]).toHaveLength(1);
  });

  it('of an index does not see a row that was just added', async () => {
    await put(client, id, 'a', { color: { S: id } });
    hostile.makeStale({ operation: 'Query' });
    expect((await client.send(new QueryCommand(colored(id)))).Items).toEqual([]);
    expect((await client.send(new QueryCommand(colored(id)))).Items).toHaveLength(1);
  });

  it('sees the row as it was before an update', async () => {
    await put(client, id, 'a');
    const update = { UpdateExpression: 'SET #t = :b', ExpressionAttributeNames: { '#t': 'text' } };
    const ExpressionAttributeValues = { ':b': { S: 'b' } };
    const answer = await client.send(
      new UpdateItemCommand({ TableName, Key: keyOf(id), ...update, ExpressionAttributeValues }),
    );
    expect(answer.Attributes).toBeUndefined();
    hostile.makeStale({ operation: 'GetItem' });
    expect([await read(client, id, false), await read(client, id)]).toEqual(['a', 'b']);
  });
});

describe('the rest', () => {
  it('deletes rows past their expiry, and no other rows', async () => {
    const other = newId();
    await put(client, id, 'a', inSeconds(10));
    await put(client, other, 'a', inSeconds(12));
    expect(await hostile.expire()).toBe(0);
    nowMs += 11_000;
    expect(await read(client, id)).toBe('a');
    expect(await hostile.expire()).toBe(1);
    expect([await read(client, id), await read(client, other)]).toEqual([undefined, 'a']);
  });

  it('keeps a row whose expiry was extended', async () => {
    await put(client, id, 'a', inSeconds(10));
    nowMs += 11_000;
    await put(client, id, 'b', inSeconds(10));
    expect(await hostile.expire()).toBe(0);
  });

  it('returns the row that did not meet a condition, on request', async () => {
    await put(client, id, 'a');
    const refused = client.send(
      new PutItemCommand({
        TableName,
        Item: keyOf(id),
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    await expect(refused).rejects.toMatchObject({ Item: { ...keyOf(id), text: { S: 'a' } } });
  });

  it('delays an answer, so that a later request is answered first', async () => {
    await put(client, id, 'a');
    hostile.delay({ operation: 'GetItem', afterMs: 20 });
    const order: string[] = [];
    const slow = read(client, id).then(() => order.push('first'));
    await Promise.all([slow, count(client, newId()).then(() => order.push('second'))]);
    expect(order).toEqual(['second', 'first']);
  });

  it('has no faults at the calm address', async () => {
    const calm = clientFor(hostile.calmUrl);
    hostile.loseAnswer({ operation: 'UpdateItem', nth: 1 });
    expect(await count(calm, id)).toBe(1);
    expect(await count(client, id)).toBe(3);
    calm.destroy();
  });
});
