import { describe, expect, it } from 'vitest';
import { noon, runCli } from './harness.ts';

const id = 'sub_OfWmBv2tq0mIXpJ3H5nAfQ';
const hook = {
  webhookGid: '1209',
  status: 'active',
  createdAt: '2026-11-23T11:00:00.000Z',
  lastDeliveryAt: '2026-11-23T11:57:00.000Z',
  lastHeartbeatAt: null,
};
const facts = {
  subscription: id,
  name: 'bugs',
  connection: 'sales',
  resource: '1208',
  filters: [{ resource_type: 'task' }],
  wanted: 'on',
  managedBy: 'person',
  createdAt: '2026-11-23T11:00:00.000Z',
  webhook: hook,
};
const paused = { ...facts, wanted: 'paused', webhook: null };

describe('subscriptions', () => {
  it('list shows each subscription and its state', async () => {
    const answers = { listSubscriptions: { data: [facts, { ...paused, name: null }] } };
    const { stdout, stderr, calls } = await runCli(['subscriptions', 'list', '--resource', '1208'], {
      answers,
      now: noon,
    });
    expect(stdout).toMatch(/^sub_\S+ +bugs +1208 +task +active +1209 +3 min ago +sales$/m);
    expect(stdout).toMatch(/ task +paused /);
    expect(stderr).toContain('subscriptions resume <subscription>');
    expect(calls).toEqual([{ operation: 'listSubscriptions', parameters: { resource: '1208' } }]);
  });

  it('list says how to create one if there is none', async () => {
    const { stdout, stderr } = await runCli(['subscriptions'], {
      answers: { listSubscriptions: { data: [] } },
    });
    expect(stdout + stderr).toContain('asana-webhooks create <resource>');
  });

  it('get shows a subscription with all its webhooks', async () => {
    const old = { ...hook, webhookGid: '1200', status: 'deleted' };
    const data = { ...facts, webhooks: [hook, old] };
    const { stdout } = await runCli(['subscriptions', 'get', '1209'], {
      answers: { getSubscription: { data } },
    });
    expect(stdout).toContain('bugs');
    expect(stdout).toMatch(/^1200 +deleted/m);
  });

  it('pause asks before it deletes the webhook, and says how to resume', async () => {
    const answers = { updateSubscription: { data: paused } };
    const refused = await runCli(['subscriptions', 'pause', id], { answers });
    expect(refused).toMatchObject({ code: 2, calls: [] });
    const { stdout, calls } = await runCli(['subscriptions', 'pause', id, '--yes'], { answers });
    expect(stdout).toContain(`subscriptions resume ${id}`);
    expect(calls).toEqual([
      { operation: 'updateSubscription', parameters: { subscription: id, wanted: 'paused' } },
    ]);
  });

  it('resume shows the new webhook', async () => {
    const answers = { updateSubscription: { data: facts } };
    const { stdout, calls } = await runCli(['subscriptions', 'resume', id], { answers });
    expect(stdout).toContain('Its webhook is 1209: task.');
    expect(calls).toMatchObject([{ parameters: { subscription: id, wanted: 'on' } }]);
  });

  it('update replaces the filters, and says so if the subscription is still paused', async () => {
    const answers = { updateSubscription: { data: paused } };
    const { stdout, calls } = await runCli(['subscriptions', 'update', id, '--on', 'task'], { answers });
    expect(stdout).toContain('now has the filters task');
    expect(stdout).toContain('It is still paused');
    expect(calls).toMatchObject([{ parameters: { filters: [{ resource_type: 'task' }] } }]);
  });
});
