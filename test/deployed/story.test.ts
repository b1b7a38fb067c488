import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateArchiveCommand,
  DescribeArchiveCommand,
  DescribeEventBusCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BusEvent, busEvent } from '../../consumer/events.ts';
import { type Simulator, startSimulator } from '../../local/asana-simulator/simulator.ts';
import { callAsana } from '../../local/story/asana-api.ts';
import { run } from '../cli/run.ts';
import { type Deployment, deploy } from './deployment.ts';

type Seeded = ReturnType<Simulator['seed']>;

interface DeadLetters {
  readonly data: readonly {
    readonly queue: string;
    readonly cause: string;
    readonly eventIds: readonly string[];
  }[];
}

interface ManagedWebhook {
  readonly data: { readonly gid: string; readonly target: string; readonly filters: readonly object[] };
  readonly registry: { readonly subscription: string; readonly status: string };
}

let simulator: Simulator;
let seeded: Seeded;
let deployment: Deployment;
let webhook: ManagedWebhook;
const lambda = new LambdaClient();
const dynamodb = new DynamoDBClient();
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const eventBridge = new EventBridgeClient();
/** The events that have arrived in the queue behind the bus, oldest first. */
const consumed: BusEvent[] = [];

beforeAll(async () => {
  const publicUrl = process.env.ASANA_SIMULATOR_PUBLIC_URL;
  simulator = await startSimulator({ port: Number(process.env.ASANA_SIMULATOR_PORT ?? 0), publicUrl });
  seeded = simulator.seed();
  // Functions in a real account reach the simulator through a tunnel.
  const origin = publicUrl ?? simulator.origin;
  deployment = await deploy(`${origin}/api/1.0`);
});

afterAll(async () => {
  await deployment?.destroy();
  await simulator?.close();
});

async function manage(payload: object): Promise<unknown> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: deployment.outputs.ManagementFunctionName,
      Payload: JSON.stringify(payload),
    }),
  );
  const answer: unknown = JSON.parse(Payload?.transformToString() ?? 'null');
  if (FunctionError) throw new Error(JSON.stringify(answer));
  return answer;
}

async function storedEvents(): Promise<readonly Record<string, unknown>[]> {
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: deployment.outputs.EventLogTableName,
      KeyConditionExpression: 'subscription = :subscription',
      ExpressionAttributeValues: { ':subscription': { S: webhook.registry.subscription } },
      ConsistentRead: true,
    }),
  );
  return Items.map(({ event }) => JSON.parse(event?.S ?? '{}') as Record<string, unknown>);
}

/** Receives all events in the queue, and returns after the queue is empty for two seconds. */
async function drain(): Promise<readonly BusEvent[]> {
  const QueueUrl = deployment.outputs.QueueUrl;
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }),
    );
    if (Messages.length === 0) return consumed;
    for (const { Body, ReceiptHandle } of Messages) {
      consumed.push(busEvent.parse(JSON.parse(Body ?? '')));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

/** Returns the rows of the events that the example consumer handled. */
async function handledEvents() {
  const { TableNames = [] } = await dynamodb.send(new ListTablesCommand({}));
  const TableName = TableNames.find(
    (name) => name.startsWith(deployment.stackName) && /HandledEvents/.test(name),
  );
  return (await dynamodb.send(new ScanCommand({ TableName }))).Items ?? [];
}

/** Adds environment variables to the dispatcher's own variables. */
async function setDispatcher(extra: Record<string, string>): Promise<void> {
  const FunctionName = deployment.outputs.DispatcherFunctionName;
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const { AWS_ENDPOINT_URL_EVENTBRIDGE: _, ...Variables } = Environment?.Variables ?? {};
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName,
      Environment: { Variables: { ...Variables, ...extra } },
    }),
  );
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60 }, { FunctionName });
}

async function change(data: object): Promise<void> {
  const [task = ''] = seeded.tasks;
  await callAsana(simulator.baseUrl, seeded.token, 'PUT', `/tasks/${task}`, data);
}

async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const value = await read();
    if (holds(value) || attempt === 150) return value;
    await sleep(500);
  }
}

function post(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(webhook.data.target, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

describe('the deployed stack', () => {
  it('explains what to do if its connection has no token', async () => {
    await expect(manage({ operation: 'getWebhooks', workspace: seeded.workspace })).rejects.toThrow(
      'it has no token yet',
    );
  });

  it('creates a webhook, with the handshake through the deployed API', async () => {
    await new SecretsManagerClient().send(
      new PutSecretValueCommand({
        SecretId: `${deployment.stackName}/connections/default`,
        SecretString: JSON.stringify({ personalAccessToken: seeded.token }),
      }),
    );
    const filters = [{ resource_type: 'task', action: 'changed' }];
    webhook = (await manage({
      operation: 'createWebhook',
      resource: seeded.project,
      filters,
    })) as ManagedWebhook;
    expect(webhook.registry.status).toBe('active');
    expect(webhook.data.target.startsWith(`${deployment.publicBaseUrl}/webhooks/`)).toBe(true);
    const handshakes = simulator.controls.deliveries({ webhook: webhook.data.gid });
    expect(handshakes).toMatchObject([{ kind: 'handshake', answer: 200 }]);
  });

  it('keeps the hook secret encrypted', async () => {
    const [handshake] = simulator.controls.deliveries({ webhook: webhook.data.gid, raw: true });
    const secret = handshake?.headers?.['X-Hook-Secret'] ?? '';
    const hookKey = webhook.data.target.split('/').at(-1) ?? '';
    const { Item } = await dynamodb.send(
      new GetItemCommand({
        TableName: deployment.outputs.RegistryTableName,
        Key: { pk: { S: `hook#${hookKey}` }, sk: { S: 'hook' } },
      }),
    );
    expect(secret).toHaveLength(32);
    expect(Item?.encryptedSecret?.S).toBeTruthy();
    expect(JSON.stringify(Item)).not.toContain(secret);
  });

  it('stores the event of a changed task', async () => {
    const [task = ''] = seeded.tasks;
    await change({ due_on: '2030-12-24' });
    const events = await eventually(storedEvents, (stored) => stored.length > 0);
    expect(events).toMatchObject([
      { action: 'changed', resource: { gid: task }, change: { field: 'due_on' } },
    ]);
  });

  it('stores an event once, even if it is delivered repeatedly', async () => {
    for (let index = 0; index < 5; index += 1) await simulator.controls.resend(webhook.data.gid);
    const answers = simulator.controls
      .deliveries({ webhook: webhook.data.gid })
      .filter(({ kind }) => kind === 'events');
    expect(answers.map(({ answer }) => answer)).toEqual(Array(6).fill(200));
    expect(await storedEvents()).toHaveLength(1);
  });

  it('sends the event through the stream to a queue behind the bus', async () => {
    const { gid } = webhook.data;
    const [event] = await storedEvents();
    const received = await eventually(drain, ({ length }) => length > 0);
    expect(received).toMatchObject([
      {
        source: 'asana.webhooks',
        'detail-type': 'task.changed',
        detail: {
          subscription: webhook.registry.subscription,
          webhook: { gid, resource: seeded.project, connection: 'default' },
          event,
        },
      },
    ]);
  });

  it('sends the event once, even if its row is written again', async () => {
    const { EventLogTableName: TableName } = deployment.outputs;
    const { Items: [row] = [] } = await dynamodb.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'subscription = :subscription',
        ExpressionAttributeValues: { ':subscription': { S: webhook.registry.subscription } },
      }),
    );
    // The same row creates no record. The row with the member that the Events API adds creates a MODIFY.
    await dynamodb.send(new PutItemCommand({ TableName, Item: row }));
    const event = { S: JSON.stringify({ ...JSON.parse(row?.event?.S ?? ''), type: 'task' }) };
    await dynamodb.send(new PutItemCommand({ TableName, Item: { ...row, event } }));
    await change({ notes: 'the next' });
    // The next event has arrived, so every earlier event has arrived too.
    const isNext = ({ detail }: BusEvent) =>
      (detail.event.change as { readonly field?: string } | undefined)?.field === 'notes';
    const received = await eventually(drain, (events) => events.some(isNext));
    expect(received).toHaveLength(2);
    expect(new Set(received.map(({ detail }) => detail.id)).size).toBe(2);
  });

  it('keeps events in the stream while the bus cannot be reached, and sends them later', async () => {
    await setDispatcher({ AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:9' });
    const stored = (await storedEvents()).length;
    await change({ notes: 'while the bus is away' });
    await eventually(storedEvents, ({ length }) => length > stored);
    await sleep(5_000);
    expect(await drain()).toHaveLength(2);
    await setDispatcher({});
    expect(await eventually(drain, ({ length }) => length > 2)).toHaveLength(3);
    expect(await manage({ operation: 'listDeadLetters' })).toMatchObject({ data: [] });
  });

  it('stores a dead letter for a poison record, continues, and redrives it by its event id', async () => {
    const { EventLogTableName: TableName } = deployment.outputs;
    const { subscription } = webhook.registry;
    const eventId = 'P'.repeat(43);
    const createdAt = new Date().toISOString();
    const row = {
      subscription: { S: subscription },
      sortKey: { S: `${createdAt}#${eventId}` },
      eventId: { S: eventId },
      webhookGid: { S: webhook.data.gid },
      connection: { S: 'default' },
      watched: { S: seeded.project },
    };
    await dynamodb.send(new PutItemCommand({ TableName, Item: { ...row, event: { S: 'poison' } } }));
    await change({ notes: 'behind the poison' });
    expect(await eventually(drain, ({ length }) => length > 3)).toHaveLength(4);
    const listed = (await manage({ operation: 'listDeadLetters', queue: 'dispatcher' })) as DeadLetters;
    expect(listed.data).toMatchObject([{ cause: 'UnreadableRow', eventIds: [eventId] }]);

    const event = { action: 'changed', created_at: createdAt, resource: { gid: '1', resource_type: 'task' } };
    await dynamodb.send(
      new PutItemCommand({ TableName, Item: { ...row, event: { S: JSON.stringify(event) } } }),
    );
    expect(await manage({ operation: 'redriveDeadLetters', queue: 'dispatcher' })).toMatchObject({
      data: { messages: 1, events: 1, left: [] },
    });
    const received = await eventually(drain, ({ length }) => length > 4);
    expect(received.slice(4)).toMatchObject([{ detail: { id: eventId, event } }]);
  });

  it('lists and reads stored events, and replays them to one consumer', async () => {
    const { subscription } = webhook.registry;
    const ids = consumed.map(({ detail }) => detail.id).sort();
    const listed = (await manage({ operation: 'listEvents', webhookGid: subscription })) as {
      readonly data: readonly { readonly id: string }[];
    };
    expect(listed.data.map(({ id }) => id).sort()).toEqual(ids);
    const [eventId] = ids;
    expect(await manage({ operation: 'getEvent', webhookGid: subscription, eventId })).toMatchObject({
      data: { id: eventId },
    });
    expect(await manage({ operation: 'replayEvents', plan: true })).toMatchObject({
      data: { events: ids.length, isComplete: true },
    });
    const replay = { operation: 'replayEvents', replayId: 'again', consumer: 'queue' };
    expect(await manage(replay)).toMatchObject({ data: { status: 'done', sent: ids.length } });
    expect(await manage(replay)).toMatchObject({ data: { status: 'done', sent: ids.length } });
    const received = await eventually(drain, ({ length }) => length >= 2 * ids.length);
    const replayed = received.slice(ids.length);
    expect(replayed.map(({ detail }) => detail.id).sort()).toEqual(ids);
    expect(replayed.every(({ detail }) => detail.replay?.id === 'again')).toBe(true);
  });

  it('sent each event to the example consumer, which handled it once', async () => {
    const handled = await eventually(handledEvents, ({ length }) => length >= 5);
    expect(handled.map(({ status }) => status?.S)).toEqual(Array(5).fill('COMPLETED'));
    expect(((await manage({ operation: 'listDeadLetters' })) as DeadLetters).data).toEqual([]);
  });

  it.runIf(process.env.AWS_ENDPOINT_URL)(
    'archives new events with the pattern, and no replayed events',
    async () => {
      // The CloudFormation of the emulator has no archives, but its API has them.
      const { EventBusName: Name } = deployment.outputs;
      const { Arn } = await eventBridge.send(new DescribeEventBusCommand({ Name }));
      const ArchiveName = `archive-${deployment.stackName}`;
      const EventPattern = JSON.stringify({
        source: ['asana.webhooks'],
        detail: { replay: { id: [{ exists: false }] }, consumer: [{ exists: false }] },
      });
      await eventBridge.send(new CreateArchiveCommand({ ArchiveName, EventSourceArn: Arn, EventPattern }));
      await change({ notes: 'for the archive' });
      await eventually(drain, (events) => events.length > 10);
      await manage({ operation: 'replayEvents', replayId: 'archived' });
      expect((await eventually(drain, (events) => events.length > 16)).length).toBe(17);
      expect(await eventBridge.send(new DescribeArchiveCommand({ ArchiveName }))).toMatchObject({
        EventCount: 1,
      });
    },
  );

  it('refuses a delivery that Asana did not sign, and stores none of its events', async () => {
    const stored = await storedEvents();
    const forged = JSON.stringify({ events: [{ ...stored[0], action: 'deleted' }] });
    expect((await post(forged)).status).toBe(401);
    expect((await post(forged, { 'X-Hook-Signature': 'f'.repeat(64) })).status).toBe(401);
    expect((await post('{}', { 'X-Hook-Secret': 'f'.repeat(32) })).status).toBe(403);
    expect(await storedEvents()).toHaveLength(stored.length);
  });

  it('answers other methods and unknown hook keys', async () => {
    expect((await fetch(webhook.data.target)).status).toBe(405);
    const unknown = `${deployment.publicBaseUrl}/webhooks/${'A'.repeat(22)}`;
    expect((await fetch(unknown, { method: 'POST', body: '{}' })).status).toBe(404);
  });

  it('lists, reads and updates the webhook', async () => {
    const { gid } = webhook.data;
    const { subscription } = webhook.registry;
    expect(await manage({ operation: 'getWebhooks', workspace: seeded.workspace, all: true })).toMatchObject({
      data: [{ gid }],
      registry: { [gid]: { subscription } },
    });
    expect(await manage({ operation: 'getWebhook', webhookGid: subscription })).toMatchObject({
      data: { gid },
    });
    const filters = [{ resource_type: 'story', action: 'added' }];
    expect(await manage({ operation: 'updateWebhook', webhookGid: gid, filters })).toMatchObject({
      data: { gid, filters: [{ resource_type: 'story', action: 'added', fields: null }] },
    });
  });

  it('ensures the webhook, and accepts commands from the command line', async () => {
    const { gid } = webhook.data;
    const filters = [{ resource_type: 'story', action: 'added' }];
    expect(await manage({ operation: 'ensureWebhook', resource: seeded.project, filters })).toMatchObject({
      ensured: 'found',
      data: { gid },
    });
    const { code, stdout, stderr } = await run(['list', '--json', '--stack', deployment.stackName]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ data: [{ gid }] });
    const connections = await run(['connections', '--stack', deployment.stackName]);
    expect(connections.stdout).toMatch(/^default +personalAccessToken +ready$/m);
  });

  it('pauses and resumes the subscription with another webhook', async () => {
    const { subscription } = webhook.registry;
    const update = (wanted: string, more: object = {}) =>
      manage({ operation: 'updateSubscription', subscription, wanted, ...more });
    expect(await update('paused')).toMatchObject({ data: { wanted: 'paused', webhook: null } });
    expect(simulator.controls.webhooks()).toEqual([]);
    const filters = [{ resource_type: 'task' }];
    const on = { wanted: 'on', filters, webhook: { status: 'active' } };
    expect(await update('on', { filters })).toMatchObject({ data: on });
    const resumed = (await manage({
      operation: 'getWebhook',
      webhookGid: subscription,
    })) as ManagedWebhook;
    expect(resumed.data.gid).not.toBe(webhook.data.gid);
    webhook = resumed;
    await change({ name: 'After the pause' });
    const kinds = () => simulator.controls.deliveries({ webhook: webhook.data.gid }).map(({ kind }) => kind);
    expect(
      await eventually(
        async () => kinds(),
        (seen) => seen.includes('events'),
      ),
    ).toContain('events');
  });

  it('deletes the webhook, and answers a late delivery with 410', async () => {
    const { gid } = webhook.data;
    await manage({ operation: 'deleteWebhook', webhookGid: gid });
    expect(simulator.controls.webhooks()).toEqual([]);
    const late = await eventually(
      async () => {
        await simulator.controls.resend(gid);
        return simulator.controls.deliveries({ webhook: gid }).at(-1)?.answer;
      },
      // A container remembers a webhook for up to a minute.
      (answer) => answer === 410,
    );
    expect(late).toBe(410);
  });

  it('leaves no tables after it is destroyed', async () => {
    await deployment.destroy();
    for (const TableName of [deployment.outputs.EventLogTableName, deployment.outputs.RegistryTableName]) {
      await expect(dynamodb.send(new DescribeTableCommand({ TableName }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    }
  });
});
