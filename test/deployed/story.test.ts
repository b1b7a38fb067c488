import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callAsana } from '../../local/asana-api.ts';
import { type Simulator, startSimulator } from '../../local/asana-simulator/simulator.ts';
import { type Deployment, deploy } from './deployment.ts';

type Seeded = ReturnType<Simulator['seed']>;

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

beforeAll(async () => {
  simulator = await startSimulator({ port: Number(process.env.ASANA_SIMULATOR_PORT ?? 0) });
  seeded = simulator.seed();
  // Functions in a real account reach the simulator through a tunnel.
  const origin = process.env.ASANA_SIMULATOR_PUBLIC_URL ?? simulator.origin;
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
  it('says what to do while its connection has no token', async () => {
    await expect(manage({ operation: 'getWebhooks', workspace: seeded.workspace })).rejects.toThrow(
      'it holds no personalAccessToken',
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

  it('keeps the hook secret sealed', async () => {
    const [handshake] = simulator.controls.deliveries({ webhook: webhook.data.gid, raw: true });
    const secret = handshake?.headers?.['X-Hook-Secret'] ?? '';
    const hookKey = webhook.data.target.split('/').at(-1) ?? '';
    const { Item } = await dynamodb.send(
      new GetItemCommand({
        TableName: deployment.outputs.RegistryTableName,
        Key: { hookKey: { S: hookKey } },
      }),
    );
    expect(secret).toHaveLength(32);
    expect(Item?.sealedSecret?.S).toBeTruthy();
    expect(JSON.stringify(Item)).not.toContain(secret);
  });

  it('stores the event of a changed task', async () => {
    const [task = ''] = seeded.tasks;
    await callAsana(simulator.baseUrl, seeded.token, 'PUT', `/tasks/${task}`, { due_on: '2030-12-24' });
    const events = await eventually(storedEvents, (stored) => stored.length > 0);
    expect(events).toMatchObject([
      { action: 'changed', resource: { gid: task }, change: { field: 'due_on' } },
    ]);
  });

  it('stores an event once, however often it is delivered', async () => {
    for (let index = 0; index < 5; index += 1) await simulator.controls.resend(webhook.data.gid);
    const answers = simulator.controls
      .deliveries({ webhook: webhook.data.gid })
      .filter(({ kind }) => kind === 'events');
    expect(answers.map(({ answer }) => answer)).toEqual(Array(6).fill(200));
    expect(await storedEvents()).toHaveLength(1);
  });

  it('refuses what Asana did not sign, and stores nothing of it', async () => {
    const [event] = await storedEvents();
    const forged = JSON.stringify({ events: [{ ...event, action: 'deleted' }] });
    expect((await post(forged)).status).toBe(401);
    expect((await post(forged, { 'X-Hook-Signature': 'f'.repeat(64) })).status).toBe(401);
    expect((await post('{}', { 'X-Hook-Secret': 'f'.repeat(32) })).status).toBe(403);
    expect(await storedEvents()).toHaveLength(1);
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

  it('is gone when it is destroyed', async () => {
    await deployment.destroy();
    for (const TableName of [deployment.outputs.EventLogTableName, deployment.outputs.RegistryTableName]) {
      await expect(dynamodb.send(new DescribeTableCommand({ TableName }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    }
  });
});
