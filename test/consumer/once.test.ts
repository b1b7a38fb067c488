import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BusEvent } from '../../consumer/events.ts';
import { once } from '../../consumer/once.ts';
import { localAws } from '../../local/aws/account.ts';
import { startDynamoDb } from '../../local/aws/dynamodb.ts';
import type { Listening } from '../../local/aws/listen.ts';
import { tables } from '../../local/aws/tables.ts';

let dynamodb: Listening;
beforeAll(async () => {
  dynamodb = await startDynamoDb([tables.handledEvents]);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamodb.url);
  vi.stubEnv('AWS_REGION', localAws.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterAll(() => {
  vi.unstubAllEnvs();
  return dynamodb.close();
});

const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
const tableName = tables.handledEvents.TableName;

function onBus(id: string, replay?: { id: string; at: string }, subscription = 'sub_A') {
  return {
    id: crypto.randomUUID(),
    source: 'asana.webhooks',
    'detail-type': 'task.changed',
    time: '2026-11-23T12:00:00Z',
    detail: {
      id,
      subscription,
      webhook: { gid: '77', resource: '55', connection: 'default' },
      event: { action: 'changed' },
      ...(replay && { replay }),
    },
  };
}

describe('once()', () => {
  let handled: BusEvent[];
  let id: string;
  beforeEach(() => {
    handled = [];
    id = crypto.randomUUID();
  });
  const handle = async (event: BusEvent) => void handled.push(event);

  it('handles an event once, even if it comes repeatedly', async () => {
    const handler = once(handle, { tableName });
    for (let index = 0; index < 3; index += 1) await handler(onBus(id), context);
    await handler(onBus(crypto.randomUUID()), context);
    expect(handled).toHaveLength(2);
    expect(handled[0]?.detail.id).toBe(id);
  });

  it('handles an event again after a failure', async () => {
    let fails = true;
    const handler = once(
      async (event) => {
        if (fails) throw new Error('not now');
        await handle(event);
      },
      { tableName },
    );
    await expect(handler(onBus(id), context)).rejects.toThrow('not now');
    fails = false;
    await handler(onBus(id), context);
    expect(handled).toHaveLength(1);
  });

  it('handles only missed events of a replay, or all events with repeatsForReplay', async () => {
    const replay = { id: 'rpl_1', at: '2026-11-23T13:00:00Z' };
    const makesUp = once(handle, { tableName });
    const repeats = once(handle, { tableName, repeatsForReplay: true });
    await makesUp(onBus(id), context);
    await makesUp(onBus(id, replay), context);
    expect(handled).toHaveLength(1);
    await repeats(onBus(id, replay), context);
    await repeats(onBus(id, replay), context);
    await repeats(onBus(id, { ...replay, id: 'rpl_2' }), context);
    expect(handled).toHaveLength(3);
  });

  it('handles an event once for each subscription', async () => {
    const handler = once(handle, { tableName });
    for (let index = 0; index < 2; index += 1) {
      await handler(onBus(id, undefined, 'sub_A'), context);
      await handler(onBus(id, undefined, 'sub_B'), context);
    }
    expect(handled.map(({ detail }) => detail.subscription)).toEqual(['sub_A', 'sub_B']);
  });

  it.each([false, true])(
    'handles an event once for all subscriptions with by: event (repeatsForReplay: %s)',
    async (repeatsForReplay) => {
      const handler = once(handle, { tableName, by: 'event', repeatsForReplay });
      await handler(onBus(id, undefined, 'sub_A'), context);
      await handler(onBus(id, undefined, 'sub_B'), context);
      expect(handled).toHaveLength(1);
    },
  );

  it('handles a replayed event once for each subscription and replay with repeatsForReplay', async () => {
    const handler = once(handle, { tableName, repeatsForReplay: true });
    const replay = { id: 'rpl_1', at: '2026-11-23T13:00:00Z' };
    for (const subscription of ['sub_A', 'sub_B', 'sub_A']) {
      await handler(onBus(id, replay, subscription), context);
      await handler(onBus(id, undefined, subscription), context);
    }
    expect(handled).toHaveLength(4);
  });

  it('refuses an object that is not an event of the bus', async () => {
    await expect(once(handle, { tableName })({ detail: {} }, context)).rejects.toThrow('source');
    expect(handled).toEqual([]);
  });
});
