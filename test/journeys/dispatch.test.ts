import { createHmac } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventLog } from '../../adapters/aws/event-log.ts';
import type { LoggedEvent } from '../../core/event.ts';
import type { BusEvent, RequestEntry } from '../../local/aws/event-bus.ts';
import { ServiceError } from '../../local/aws/json-service.ts';
import { tables } from '../../local/aws/tables.ts';
import { loggedEvents } from '../core/events.ts';
import { soon } from '../core/time.ts';
import { type ClockedStage, type ManagedWebhook, setClockedStage } from './stage.ts';

interface Listed {
  readonly data: readonly {
    readonly queue: string;
    readonly cause: string;
    readonly count: number;
    readonly eventIds: readonly string[];
  }[];
  readonly queues: Readonly<Record<string, number>>;
}

let stage: ClockedStage;
let webhook: ManagedWebhook;
/** Events that a second consumer received. It accepts events for all consumers and events for itself. */
let observed: BusEvent[];

beforeEach(async () => {
  // The consumer's `once()` takes a lost answer for another invocation that works on the event, and Lambda calls it
  // again after minutes. Lists of events may lag for a second. These tests count both at once.
  stage = await setClockedStage({}, { hostile: { loseAnswer: 0, stale: 0 } });
  observed = [];
  stage.local.eventBus.addRule({
    name: 'observer',
    pattern: { detail: { consumer: [{ exists: false }, 'observer'] } },
    deliver: async (event) => void observed.push(event),
  });
  const filters = [{ resource_type: 'task', action: 'changed' }];
  webhook = await stage.manage({ operation: 'createWebhook', resource: stage.project, filters });
});
afterEach(() => stage.close());

const idsOf = (events: readonly BusEvent[]) => events.map(({ detail }) => String(detail.id));
const idIn = ({ Detail }: RequestEntry) => String(JSON.parse(Detail ?? '{}').id);

/** Stores events as the receiver does. */
async function store(events: readonly LoggedEvent[]): Promise<void> {
  const log = createEventLog(stage.dynamodb, {
    tableName: tables.eventLog.TableName,
    retentionMs: 30 * 24 * 3_600_000,
    now: stage.clock.now,
    sleep: stage.clock.sleep,
  });
  for (const event of events) await log.append([event], soon());
}

describe('an event on its way to the consumers', () => {
  it('arrives once, although Asana sends it six times and the log stores it again', async () => {
    await stage.changeTask({ due_on: '2030-12-24' });
    await stage.settle();
    for (let index = 0; index < 5; index += 1) await stage.simulator.controls.resend(webhook.data.gid);
    // The event comes a second way, in the form of the Events API. It has the same key in the event log.
    const [stored] = await stage.events();
    const { subscription } = webhook.registry;
    const [eventId = ''] = idsOf(observed);
    const createdAt = String(stored?.created_at);
    const event = {
      ...stored,
      type: 'task',
      resource: { ...(stored?.resource as object), name: 'Write the plan' },
    };
    await store([
      { subscription, eventId, createdAt, event, webhookGid: '99', connection: 'default', watched: '1' },
    ]);
    await stage.settle();
    expect(stage.consumed).toHaveLength(1);
    expect(observed).toEqual([
      expect.objectContaining({
        source: 'asana.webhooks',
        'detail-type': 'task.changed',
        time: createdAt.replace(/\.\d+Z$/, 'Z'),
        detail: {
          id: eventId,
          subscription,
          webhook: { gid: webhook.data.gid, resource: stage.project, connection: 'default' },
          event: stored,
        },
      }),
    ]);
  });

  it('never carries the hook key or the secret', async () => {
    await stage.changeTask({ due_on: '2030-12-24' });
    await stage.settle();
    const [handshake] = stage.simulator.controls.deliveries({ raw: true });
    const text = JSON.stringify(observed);
    expect(text).not.toContain(webhook.data.target.split('/').at(-1));
    expect(text).not.toContain(handshake?.headers?.['X-Hook-Secret']);
  });

  it('appears with its id in the log of every function', async () => {
    await stage.changeTask({ due_on: '2030-12-24' });
    await stage.settle();
    const [id = ''] = idsOf(observed);
    const services = stage.logs
      .filter((line) => line.includes(id))
      .map((line) => JSON.parse(line) as { service: string; correlation_id?: string });
    expect(new Set(services.map(({ service }) => service))).toEqual(
      new Set(['receiver', 'dispatcher', 'example-consumer']),
    );
    const own = services.filter(({ service }) => service !== 'example-consumer');
    for (const line of own) expect(line.correlation_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('arrives although the dispatcher is killed between store and publish', async () => {
    let release = () => undefined as undefined;
    const asked = new Promise<void>((resolve) => {
      stage.local.eventBus.setFault(async () => {
        resolve();
        await new Promise<void>((go) => {
          release = () => go() as undefined;
        });
        throw new ServiceError('InternalFailure', 'Too late.');
      });
    });
    await stage.changeTask({ due_on: '2030-12-24' });
    await stage.simulator.controls.settle();
    await asked;
    await stage.local.functions.dispatcher.crash();
    stage.local.eventBus.setFault(undefined);
    release();
    await stage.settle();
    expect(observed).toHaveLength(1);
    expect(stage.consumed).toHaveLength(1);
  });

  it('arrives although single entries fail', async () => {
    const events = loggedEvents(25);
    const flaky = new Map([3, 4, 17].map((index) => [events[index]?.eventId, 3]));
    stage.local.eventBus.setFault((entry) => {
      const left = flaky.get(idIn(entry)) ?? 0;
      flaky.set(idIn(entry), left - 1);
      return left > 0 ? 'InternalFailure' : undefined;
    });
    await store(events);
    await stage.settle();
    expect([...idsOf(observed)].sort()).toEqual(events.map(({ eventId }) => eventId).sort());
  });

  it('waits if the bus throttles, and keeps the order', async () => {
    const events = loggedEvents(30);
    let refusals = 0;
    stage.local.eventBus.setFault((entry) => {
      // The bus refuses every request once, and the request in the middle more often.
      if (refusals < 6 || (refusals < 12 && idIn(entry) === events[15]?.eventId)) {
        refusals += 1;
        throw new ServiceError('ThrottlingException', 'Rate exceeded.');
      }
      return undefined;
    });
    await store(events);
    await stage.settle();
    expect(idsOf(observed)).toEqual(events.map(({ eventId }) => eventId));
  });
});

describe('an event that cannot be delivered', () => {
  it('becomes a dead letter if the bus refuses it, blocks no event, and can be redriven', async () => {
    const [poison, ...others] = loggedEvents(5);
    if (!poison) throw new Error('no event');
    const { eventId } = poison;
    stage.local.eventBus.setFault((entry) => (idIn(entry) === eventId ? 'MalformedDetail' : undefined));
    await store([poison, ...others]);
    await stage.settle();
    expect(idsOf(observed)).toEqual(others.map((event) => event.eventId));
    expect(await stage.manage<Listed>({ operation: 'listDeadLetters' })).toMatchObject({
      data: [{ queue: 'dispatcher', cause: 'MalformedDetail', eventIds: [eventId] }],
      queues: { dispatcher: 1, example: 0 },
    });
    expect(stage.local.sqs.peek('dispatcher-dead-letters').join()).not.toContain('due_on');

    stage.local.eventBus.setFault(undefined);
    expect(await stage.manage({ operation: 'redriveDeadLetters' })).toEqual({
      data: { messages: 1, events: 1, left: [], isComplete: true },
    });
    await stage.settle();
    expect(idsOf(observed).at(-1)).toBe(eventId);
    expect((await stage.manage<Listed>({ operation: 'listDeadLetters' })).data).toEqual([]);
  });

  it('becomes a dead letter if its row cannot be parsed', async () => {
    const [event] = loggedEvents(1);
    const Item = {
      subscription: { S: 'sub_AAAAAAAAAAAAAAAAAAAAAA' },
      sortKey: { S: 'a#b' },
      event: { S: 'not JSON' },
    };
    await stage.dynamodb.send(new PutItemCommand({ TableName: tables.eventLog.TableName, Item }));
    if (event) await store([event]);
    await stage.settle();
    expect(idsOf(observed)).toEqual([event?.eventId]);
    const { data } = await stage.manage<Listed>({ operation: 'listDeadLetters' });
    expect(data).toMatchObject([{ cause: 'UnreadableRow', eventIds: ['b'] }]);
    expect(await stage.manage({ operation: 'redriveDeadLetters' })).toMatchObject({
      data: { messages: 0, left: [{ why: 'the row in the event log cannot be parsed' }] },
    });
    expect(stage.logs.join()).not.toContain('not JSON');
  });

  it('becomes one dead letter if Asana sends it in a form that cannot be stored', async () => {
    const [{ event: good } = { event: {} }] = loggedEvents(1, { createdAt: stage.clock.now().toISOString() });
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const deliver = async (items: string) => {
      const body = `{"events":[${items}]}`;
      const [handshake] = stage.simulator.controls.deliveries({ raw: true });
      const secret = String(handshake?.headers?.['X-Hook-Secret']);
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      const headers = { 'Content-Type': 'application/json', 'X-Hook-Signature': signature };
      return (await fetch(webhook.data.target, { method: 'POST', headers, body })).status;
    };
    const at = stage.clock.now().toISOString();
    const current = JSON.stringify({ ...good, created_at: at });
    expect(await deliver(`null,${current},${deep}`)).toBe(200);
    expect(await deliver(`${deep},null`)).toBe(200);
    await stage.settle();
    expect(observed.map(({ detail }) => detail.event)).toEqual([JSON.parse(current)]);
    const { data } = await stage.manage<Listed>({ operation: 'listDeadLetters' });
    expect(data).toMatchObject([
      { queue: 'dispatcher', cause: 'NotAnObject', count: 1, eventIds: [expect.any(String)] },
      { queue: 'dispatcher', cause: 'TooDeep', count: 1, eventIds: [expect.any(String)] },
    ]);
    expect(await stage.manage({ operation: 'redriveDeadLetters' })).toMatchObject({
      data: {
        messages: 0,
        left: [
          { why: expect.stringContaining('cannot be delivered: NotAnObject'), count: 1 },
          { why: expect.stringContaining('cannot be delivered: TooDeep'), count: 1 },
        ],
      },
    });
    // The rows of bad events are not events.
    const { subscription } = webhook.registry;
    const listed = { operation: 'listEvents', webhookGid: subscription };
    for (const how of [{}, { newestFirst: true }, { limit: 1 }, { limit: 1, newestFirst: true }]) {
      expect((await stage.manage<{ data: readonly object[] }>({ ...listed, ...how })).data).toHaveLength(1);
    }
    expect(await stage.manage({ operation: 'replayEvents', webhookGid: subscription })).toMatchObject({
      data: { status: 'done', sent: 1, refused: 0 },
    });
  });

  it('is redriven from the stream after Lambda has used up its retries', async () => {
    const events = loggedEvents(3);
    const { dispatcher } = stage.local.functions;
    // The function never starts its work, as after a broken deployment.
    vi.spyOn(dispatcher, 'invoke').mockResolvedValue(undefined);
    await store(events);
    await stage.settle();
    vi.restoreAllMocks();
    const listed = await stage.manage<Listed>({ operation: 'listDeadLetters' });
    expect(new Set(listed.data.map(({ cause }) => cause))).toEqual(new Set(['RetryAttemptsExhausted']));
    expect(observed).toEqual([]);

    expect(await stage.manage({ operation: 'redriveDeadLetters', queue: 'dispatcher' })).toMatchObject({
      data: { events: 3, left: [] },
    });
    await stage.settle();
    expect([...idsOf(observed)].sort()).toEqual(events.map(({ eventId }) => eventId).sort());
  });

  it('is redriven only to the consumer that failed', async () => {
    await stage.dynamodb.send(new DeleteTableCommand({ TableName: tables.handledEvents.TableName }));
    const [event] = loggedEvents(1);
    if (event) await store([event]);
    await stage.settle();
    expect(idsOf(observed)).toEqual([event?.eventId]);
    expect(stage.consumed).toEqual([]);
    expect(await stage.manage<Listed>({ operation: 'listDeadLetters', queue: 'example' })).toMatchObject({
      data: [{ queue: 'example', eventIds: [event?.eventId] }],
    });

    await vi.waitFor(() => stage.dynamodb.send(new CreateTableCommand(tables.handledEvents)));
    await stage.manage({ operation: 'redriveDeadLetters', queue: 'example' });
    await stage.settle();
    expect(idsOf(stage.consumed)).toEqual([event?.eventId]);
    expect(observed).toHaveLength(1);
    expect(stage.local.sqs.peek('example-dead-letters')).toEqual([]);
  });
});

describe('stored events', () => {
  interface Page {
    readonly data: readonly { readonly id: string; readonly event: object }[];
    readonly nextToken: string | null;
  }

  it('are listed, read and replayed', async () => {
    await stage.changeTask({ due_on: '2030-12-24', name: 'Another' });
    await stage.settle();
    const { subscription } = webhook.registry;
    const first = await stage.manage<Page>({ operation: 'listEvents', webhookGid: subscription, limit: 1 });
    const second = await stage.manage<Page>({
      operation: 'listEvents',
      webhookGid: subscription,
      limit: 1,
      nextToken: first.nextToken,
    });
    const [{ id, event }] = second.data as [Page['data'][0]];
    expect([...first.data, ...second.data].map((listed) => listed.id).sort()).toEqual(idsOf(observed).sort());
    expect(
      await stage.manage({ operation: 'getEvent', webhookGid: webhook.data.gid, eventId: id }),
    ).toMatchObject({
      data: { id, event, subscription },
    });

    const filter = { webhookGid: subscription, from: '2020-01-01T00:00:00Z', action: 'changed' };
    expect(await stage.manage({ operation: 'replayEvents', ...filter, plan: true })).toMatchObject({
      data: { events: 2, isComplete: true },
    });
    expect(await stage.manage({ operation: 'replayEvents', ...filter, replayId: 'again' })).toMatchObject({
      data: { replayId: 'again', status: 'done', sent: 2 },
    });
    await stage.settle();
    expect(observed).toHaveLength(4);
    const replayed = observed.slice(2);
    expect(idsOf(replayed).sort()).toEqual(idsOf(observed.slice(0, 2)).sort());
    expect(replayed.map(({ detail }) => (detail.replay as { id: string }).id)).toEqual(['again', 'again']);
    // A repeated replay with the same id sends nothing. The example consumer handles each event once.
    await stage.manage({ operation: 'replayEvents', ...filter, replayId: 'again' });
    await stage.settle();
    expect(observed).toHaveLength(4);
    const printed = stage.logs.filter((line) => line.includes('"service":"example-consumer"'));
    expect(printed.filter((line) => line.includes('eventId'))).toHaveLength(2);
  });
});
