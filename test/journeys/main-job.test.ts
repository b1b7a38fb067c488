import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventIdOf } from '../../core/event.ts';
import { localAws } from '../../local/aws/account.ts';
import { connectionSecretPrefix } from '../../local/start-local.ts';
import { callAsana } from '../../local/story/asana-api.ts';
import { type ManagedWebhook, type Stage, setStage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

describe('the main job', () => {
  let webhook: ManagedWebhook;

  it('creates a webhook and answers its handshake during the create call', async () => {
    const filters = [{ resource_type: 'task', action: 'changed' }];
    webhook = await stage.manage({ operation: 'createWebhook', resource: stage.project, filters });
    expect(webhook.registry.status).toBe('active');
    expect(stage.simulator.controls.deliveries()).toMatchObject([{ kind: 'handshake', answer: 200 }]);
  });

  it('never returns or logs the secret, and stores it encrypted', async () => {
    const [handshake] = stage.simulator.controls.deliveries({ raw: true });
    const secret = handshake?.headers?.['X-Hook-Secret'] ?? 'missing';
    expect(JSON.stringify(webhook)).not.toContain(secret);
    const rows = await stage.rows();
    expect(rows.filter(({ sk }) => sk?.S === 'hook')).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(stage.logs.join('\n')).not.toContain(secret);
  });

  it('stores each change once, despite repeated, reversed and shuffled deliveries', async () => {
    const { controls } = stage.simulator;
    controls.addFault({ on: 'delivery', kind: 'duplicate', times: 1 });
    controls.addFault({ on: 'delivery', kind: 'reverse', times: 1 });
    controls.addFault({ on: 'delivery', kind: 'shuffle-members', times: 1 });
    await stage.changeTask({ completed: true, due_on: '2030-12-24' });
    await controls.settle();
    await controls.resend(webhook.data.gid);
    const fields = (await stage.events()).map(({ change }) => (change as { field: string }).field);
    expect(fields.sort()).toEqual(['completed', 'completed_at', 'due_on']);
  });

  it('gives an event the same id as the Events API form of the event', async () => {
    const path = `/events?resource=${stage.project}`;
    const headers = { Authorization: `Bearer ${stage.local.token}` };
    const begin = (await (await fetch(`${stage.local.asanaUrl}${path}`, { headers })).json()) as {
      sync: string;
    };
    await stage.changeTask({ name: 'Another name' });
    await stage.simulator.controls.settle();
    const polled = (await callAsana(
      stage.local.asanaUrl,
      stage.local.token,
      'GET',
      `${path}&sync=${begin.sync}`,
    )) as [Record<string, unknown>];
    const received = (await stage.events()).find(
      ({ change }) => (change as { field: string }).field === 'name',
    );
    expect(polled[0]).toHaveProperty('resource.name');
    expect(received).not.toHaveProperty('resource.name');
    expect(eventIdOf(polled[0])).toBe(eventIdOf(received ?? {}));
  });

  it('stores unknown events unchanged', async () => {
    const unknown = [
      {
        action: 'teleported',
        resource: { gid: '9', resource_type: 'hologram' },
        created_at: new Date().toISOString(),
      },
      { action: 'sync_error', message: 'verloren – 失', created_at: new Date().toISOString() },
      { action: 'changed', user: null },
    ];
    stage.simulator.controls.inject(webhook.data.gid, unknown);
    await stage.simulator.controls.settle();
    const stored = await stage.events();
    for (const event of unknown) expect(stored).toContainEqual(event);
  });

  it('stores a delivery of 1,000 events', async () => {
    const before = (await stage.events()).length;
    const batch = Array.from({ length: 1_000 }, (_, index) => ({
      action: 'changed',
      created_at: new Date().toISOString(),
      resource: { gid: `${index}`, resource_type: 'task' },
    }));
    stage.simulator.controls.inject(webhook.data.gid, batch);
    await stage.simulator.controls.settle();
    expect((await stage.events()).length).toBe(before + 1_000);
  });

  it('answers heartbeats, so that the webhook stays alive', async () => {
    await stage.simulator.controls.advance(24 * 3_600_000);
    const { data } = await stage.manage<{ data: { delivery_retry_count: number } }>({
      operation: 'getWebhook',
      webhookGid: webhook.data.gid,
    });
    expect(data.delivery_retry_count).toBe(0);
    const heartbeats = stage.simulator.controls.deliveries().filter(({ kind }) => kind === 'heartbeat');
    expect(heartbeats.length).toBeGreaterThanOrEqual(3);
    expect(new Set(heartbeats.map(({ answer }) => answer))).toEqual(new Set([200]));
  });

  it('lists webhooks, and updates and deletes a webhook by its subscription', async () => {
    const { gid } = webhook.data;
    const { subscription } = webhook.registry;
    expect(await stage.manage({ operation: 'getWebhooks', workspace: stage.workspace })).toMatchObject({
      data: [{ gid }],
      registry: { [gid]: { subscription, status: 'active' } },
    });
    const filters = [{ resource_type: 'story' }];
    const updated = await stage.manage({ operation: 'updateWebhook', webhookGid: subscription, filters });
    expect(updated.data.filters).toMatchObject([{ resource_type: 'story', action: null }]);
    expect(await stage.manage({ operation: 'deleteWebhook', webhookGid: subscription })).toEqual({
      data: {},
      registry: expect.objectContaining({ subscription, status: 'deleted' }),
    });
    expect(stage.simulator.controls.webhooks()).toEqual([]);
  });

  it('returns the webhooks of every page with all', async () => {
    const made = [];
    for (let index = 0; index < 5; index += 1) {
      made.push((await stage.manage({ operation: 'createWebhook', resource: stage.project })).data.gid);
    }
    const one = await stage.manage<{ data: object[]; next_page: object }>({
      operation: 'getWebhooks',
      workspace: stage.workspace,
      limit: 2,
    });
    expect(one.data).toHaveLength(2);
    expect(one.next_page).toMatchObject({ offset: expect.any(String) });
    const all = await stage.manage<{ data: { gid: string }[]; registry: object }>({
      operation: 'getWebhooks',
      workspace: stage.workspace,
      limit: 2,
      all: true,
    });
    expect(all.data.map(({ gid }) => gid)).toEqual(made);
    expect(Object.keys(all.registry).sort()).toEqual([...made].sort());
  });

  it('uses a replaced token without a new deployment', async () => {
    const { controls } = stage.simulator;
    const { data: me } = (await (
      await fetch(`${stage.local.asanaUrl}/users/me`, {
        headers: { Authorization: `Bearer ${stage.local.token}` },
      })
    ).json()) as { data: { gid: string } };
    const replacement = controls.newToken(me.gid);
    await new SecretsManagerClient({ ...localAws, endpoint: stage.local.secretsManagerUrl }).send(
      new PutSecretValueCommand({
        SecretId: `${connectionSecretPrefix}default`,
        SecretString: JSON.stringify({ personalAccessToken: replacement }),
      }),
    );
    controls.refuse(stage.local.token, 'revoked');
    expect(await stage.manage({ operation: 'getWebhooks', workspace: stage.workspace })).toHaveProperty(
      'data',
    );
  });

  it('explains an invalid request, an unknown connection and an unknown webhook', async () => {
    await expect(stage.manage({ operation: 'createWebhook' })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: 'The parameters of createWebhook are not valid: resource is missing.',
    });
    await expect(
      stage.manage({ operation: 'getWebhooks', workspace: stage.workspace, connection: 'nobody' }),
    ).rejects.toMatchObject({
      name: 'ConnectionNotReady',
      message: expect.stringContaining('there is no such connection'),
    });
    await expect(stage.manage({ operation: 'getWebhook', webhookGid: '42' })).rejects.toMatchObject({
      name: 'AsanaNotFound',
      message: expect.stringContaining('webhook: Unknown object: 42'),
    });
  });

  it('logs no token, secret, hook key, signature or body', async () => {
    const deliveries = stage.simulator.controls.deliveries({ raw: true });
    const hidden = [
      stage.local.token,
      ...deliveries.flatMap(({ headers }) => [headers?.['X-Hook-Secret'], headers?.['X-Hook-Signature']]),
      ...(await stage.rows()).map(({ hookKey }) => hookKey?.S),
      'due_on',
      'hologram',
      'verloren',
    ].filter((text) => text !== undefined);
    await vi.waitFor(() => expect(stage.logs.length).toBeGreaterThan(20));
    // The example consumer prints the changes on purpose.
    const own = stage.logs.filter((line) => !line.includes('"service":"example-consumer"'));
    expect(own.length).toBeGreaterThan(20);
    const text = own.join('\n');
    for (const secret of hidden) expect(text).not.toContain(secret);
  });
});
