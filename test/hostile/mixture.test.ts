import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { startHostileDynamoDb } from './dynamodb.ts';
import { clientFor, count, keyOf, notes, put, read } from './notes.ts';

const seeds = [1, 2, 3];
const traces: (readonly string[])[] = [];

/** Runs a story on the default mixture of faults. */
async function on<T>(
  seed: number,
  story: (client: DynamoDBClient, pass: (ms: number) => void) => Promise<T>,
) {
  let nowMs = Date.parse('2026-11-23T10:00:00.000Z');
  const options = { seed, now: () => new Date(nowMs), sleep: async () => undefined };
  const hostile = await startHostileDynamoDb([notes], options);
  const client = clientFor(hostile.url);
  try {
    const result = await story(client, (ms) => {
      nowMs += ms;
    });
    return { result, counts: hostile.counts, trace: hostile.trace };
  } finally {
    client.destroy();
    await hostile.close();
  }
}

async function everything(client: DynamoDBClient, pass: (ms: number) => void): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  for (let index = 0; index < 45; index += 1) {
    const id = `n${index % 10}`;
    await put(client, id, `${index}`, { expiresAt: { N: '1795428010' } });
    seen.push(await read(client, id, false), await read(client, id, true));
    if (index % 15 === 14) pass(20_000);
  }
  return seen;
}

describe.each(seeds)('the mixture of seed %i', (seed) => {
  it('has every fault that the requests can meet, the same faults again, and not those of another seed', async () => {
    const [first, again] = [await on(seed, everything), await on(seed, everything)];
    const { answersLost, failed, throttled, stale, delayed, expired } = first.counts;
    for (const times of [answersLost, failed, throttled, stale, delayed, expired]) {
      expect(times).toBeGreaterThan(0);
    }
    expect(again).toEqual(first);
    expect(traces).not.toContainEqual(first.trace);
    traces.push(first.trace);
  });

  it('catches a writer that is not idempotent', async () => {
    const { result, counts } = await on(seed, async (client) => {
      for (let index = 0; index < 30; index += 1) await count(client, 'a');
      return (await count(client, 'a')) - 31;
    });
    expect(result).toBe(counts.answersLost);
    expect(result).toBeGreaterThan(0);
  });

  it('catches a conditional writer that takes its own write for the write of another', async () => {
    const { result } = await on(seed, async (client) => {
      let refused = 0;
      for (let index = 0; index < 30; index += 1) {
        const wanted = { Item: keyOf(`${index}`), ConditionExpression: 'attribute_not_exists(id)' };
        await client.send(new PutItemCommand({ TableName: notes.TableName, ...wanted })).catch((error) => {
          expect(error).toBeInstanceOf(ConditionalCheckFailedException);
          refused += 1;
        });
      }
      return refused;
    });
    expect(result).toBeGreaterThan(0);
  });
});
