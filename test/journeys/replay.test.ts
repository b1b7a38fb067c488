import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEventBus } from '../../adapters/aws/event-bus.ts';
import { createEventLog } from '../../adapters/aws/event-log.ts';
import { createEventReader } from '../../adapters/aws/event-reader.ts';
import { createRegistry } from '../../adapters/aws/registry.ts';
import { openRegistryTable } from '../../adapters/aws/registry-table.ts';
import { createReplays } from '../../adapters/aws/replays.ts';
import type { ReplayProgress } from '../../contract/operations/replay-events.ts';
import type { ParametersOf } from '../../contract/operations.ts';
import { replayEvents } from '../../core/redelivery/replay-events.ts';
import type { RedeliveryServices } from '../../core/redelivery/services.ts';
import { timeOf } from '../../core/time-budget.ts';
import { localAws } from '../../local/aws/account.ts';
import { startDynamoDb } from '../../local/aws/dynamodb.ts';
import { type BusEvent, type LocalEventBus, startEventBus } from '../../local/aws/event-bus.ts';
import type { Listening } from '../../local/aws/listen.ts';
import { tables } from '../../local/aws/tables.ts';
import { loggedEvents, noon } from '../core/events.ts';
import { subscriptionOf } from '../core/hooks.ts';
import { createMemoryDeadLetters } from '../memory/dead-letters.ts';

// 10,000 events in a real event log and on a real bus. Only the clock is a test clock,
// so that waits take no time.

const perSubscription = 2_500;
const subscriptions = ['A', 'B', 'C', 'D'].map((letter) => `sub_${letter.repeat(22)}`);

let dynamodb: Listening;
let bus: LocalEventBus;
let client: DynamoDBClient;
let time = noon.getTime() + 24 * 3_600_000;
const now = () => new Date(time);
const table = () => openRegistryTable(client, { tableName: tables.registry.TableName, now });
let seen: { readonly at: number; readonly event: BusEvent }[];

beforeAll(async () => {
  dynamodb = await startDynamoDb([tables.registry, tables.eventLog]);
  bus = await startEventBus('example');
  bus.addRule({ name: 'all', pattern: {}, deliver: async (event) => void seen.push({ at: time, event }) });
  client = new DynamoDBClient({ ...localAws, endpoint: dynamodb.url });
  const registry = createRegistry(table(), now);
  const { TableName: tableName } = tables.eventLog;
  const log = createEventLog(client, {
    tableName,
    retentionMs: 30 * 24 * 3_600_000,
    now: () => new Date(),
    sleep,
  });
  for (const subscription of subscriptions) {
    await registry.addSubscription(
      subscriptionOf({ id: subscription }),
      new Date(time + 365 * 24 * 3_600_000),
    );
    await log.append(
      loggedEvents(perSubscription, { subscription }),
      timeOf(60_000, () => new Date()),
    );
  }
}, 120_000);
afterAll(async () => {
  client.destroy();
  await bus.close();
  await dynamodb.close();
});
beforeEach(() => {
  seen = [];
});

const sleep = async (ms: number) => {
  time += ms;
};

function services(): RedeliveryServices {
  const eventBridge = new EventBridgeClient({ ...localAws, endpoint: bus.url, maxAttempts: 1 });
  const deadLetters = createMemoryDeadLetters(['dispatcher']);
  return {
    registry: createRegistry(table(), now),
    events: createEventReader(client, tables.eventLog.TableName),
    replays: createReplays(table()),
    bus: createEventBus(eventBridge, 'example'),
    stream: { read: async () => ({ kind: 'expired' }) },
    deadLetters,
    undeliverable: deadLetters,
    now,
    sleep,
    random: () => 0.5,
    time: timeOf(57_000, now),
  };
}

async function replay(
  parameters: Partial<ParametersOf<'replayEvents'>>,
  given = services(),
): Promise<ReplayProgress> {
  const { data } = await replayEvents({ eventsPerSecond: 100, ...parameters }, given);
  await bus.settle();
  return data as ReplayProgress;
}

const idOf = ({ detail }: BusEvent) => `${detail.subscription} ${detail.id}`;

describe('a replay of 10,000 events', () => {
  it('is planned, is resumed until it is done, and does not exceed its rate', async () => {
    expect(await replayEvents({ eventsPerSecond: 100, plan: true }, services())).toEqual({
      data: {
        events: 10_000,
        from: '2026-11-23T12:00:00.000Z',
        to: '2026-11-23T12:41:39.000Z',
        isComplete: true,
      },
    });
    let calls = 0;
    let progress: ReplayProgress;
    do {
      progress = await replay({ replayId: 'all' });
      calls += 1;
    } while (progress.status === 'paused');
    expect(progress).toMatchObject({ status: 'done', sent: 10_000, refused: 0 });
    // The replay takes 100 s at this rate. No single invocation has that much time.
    expect(calls).toBe(2);
    expect(seen).toHaveLength(10_000);
    expect(new Set(seen.map(({ event }) => idOf(event))).size).toBe(10_000);

    const inSecond = new Map<number, number>();
    for (const { at } of seen) inSecond.set(at, (inSecond.get(at) ?? 0) + 1);
    const times = [...inSecond.keys()].sort((a, b) => a - b);
    for (const from of times) {
      const within = times.filter((moment) => moment >= from && moment < from + 1_000);
      expect(within.reduce((sum, moment) => sum + (inSecond.get(moment) ?? 0), 0)).toBeLessThanOrEqual(100);
    }
  }, 120_000);

  it('sends only events that match its filter', async () => {
    const [, second] = subscriptions;
    const filter = {
      webhookGid: second,
      from: new Date(noon.getTime() + 100_000),
      to: new Date(noon.getTime() + 399_000),
      action: 'changed',
    };
    expect(await replay({ replayId: 'some', ...filter })).toMatchObject({ status: 'done', sent: 300 });
    expect(new Set(seen.map(({ event }) => event.detail.subscription))).toEqual(new Set([second]));
  }, 60_000);

  it('continues after a kill: no event is missing, and at most one page comes twice', async () => {
    const given = services();
    let pages = 0;
    const dying: RedeliveryServices = {
      ...given,
      replays: {
        find: given.replays.find,
        async save(...args) {
          // The invocation is dead from here on. It saves and returns nothing more.
          if (pages >= 8) throw new Error('killed');
          pages += 1;
          return given.replays.save(...args);
        },
      },
    };
    const parameters = { replayId: 'killed', webhookGid: subscriptions[2], eventsPerSecond: 500 };
    await expect(replay(parameters, dying)).rejects.toThrow('killed');
    await bus.settle();
    expect(seen.length).toBeGreaterThan(0);
    // The replay does not start again before the lease of the killed invocation expires.
    expect(await replay(parameters)).toMatchObject({ status: 'running' });
    time += 60_000;
    expect(await replay(parameters)).toMatchObject({ status: 'done', sent: perSubscription });
    expect(new Set(seen.map(({ event }) => idOf(event))).size).toBe(perSubscription);
    expect(seen.length).toBeLessThanOrEqual(perSubscription + 100);
  }, 60_000);
});
