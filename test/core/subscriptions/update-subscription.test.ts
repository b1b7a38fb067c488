import { beforeEach, describe, expect, it } from 'vitest';
import { createWebhook } from '../../../core/subscriptions/create-webhook.ts';
import { createWebhooks } from '../../../core/subscriptions/create-webhooks.ts';
import { deleteWebhook } from '../../../core/subscriptions/delete-webhook.ts';
import { getQuota } from '../../../core/subscriptions/get-quota.ts';
import { getSubscription } from '../../../core/subscriptions/get-subscription.ts';
import { listSubscriptions } from '../../../core/subscriptions/list-subscriptions.ts';
import { updateSubscription } from '../../../core/subscriptions/update-subscription.ts';
import { answer, failing } from './asana-model.ts';
import { createStage, type Stage } from './stage.ts';

const filters = [{ resource_type: 'task' }];
const story = [{ resource_type: 'story' }];

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});

async function made(more: object = {}): Promise<string> {
  const wanted = { connection: 'default', resource: '1', filters, ...more };
  const { registry } = await createWebhook(wanted, stage.services());
  return registry?.subscription ?? '';
}

const update = (subscription: string, change: object) =>
  updateSubscription({ subscription, ...change }, stage.services());

describe('updateSubscription()', () => {
  it('pauses: deletes the webhook and keeps the subscription; resumes with the next generation', async () => {
    const subscription = await made();
    expect(await update('1000', { wanted: 'paused' })).toMatchObject({
      data: { subscription, wanted: 'paused', webhook: null },
    });
    expect(stage.asana.webhooks).toEqual([]);
    expect(await update(subscription, { wanted: 'on' })).toMatchObject({
      data: { subscription, wanted: 'on', webhook: { webhookGid: '1001', status: 'active' } },
    });
    expect(stage.registry.hooks().map(({ generation, status }) => [generation, status])).toEqual([
      [1, 'deleted'],
      [2, 'active'],
    ]);
  });

  it('continues a pause whose deletion Asana refused', async () => {
    const subscription = await made();
    stage.asana.trouble = { delete: failing(answer(429)) };
    await expect(update(subscription, { wanted: 'paused' })).rejects.toMatchObject({
      name: 'AsanaRateLimited',
    });
    expect(stage.onlyHook().status).toBe('deleting');
    stage.asana.trouble = {};
    await update(subscription, { wanted: 'paused' });
    expect(stage.asana.webhooks).toEqual([]);
  });

  it('replaces filters in place, and changes nothing if Asana refuses them', async () => {
    const subscription = await made();
    stage.asana.trouble = { update: failing(answer(400)) };
    await expect(update(subscription, { filters: story })).rejects.toMatchObject({ name: 'AsanaBadRequest' });
    expect(stage.onlySubscription().filters).toEqual(filters);
    stage.asana.trouble = {};
    expect(await update(subscription, { filters: story })).toMatchObject({ data: { filters: story } });
    expect(stage.asana.webhooks).toMatchObject([{ gid: '1000', filters: story }]);
  });

  it('replaces the filters of a paused subscription in the registry only', async () => {
    const subscription = await made();
    await update(subscription, { wanted: 'paused' });
    await update(subscription, { filters: story });
    await update(subscription, { wanted: 'on' });
    expect(stage.asana.webhooks).toMatchObject([{ filters: story }]);
  });
});

describe('names', () => {
  it('are unique per connection, and free again after a deletion', async () => {
    const subscription = await made({ name: 'bugs' });
    await expect(made({ name: 'bugs' })).rejects.toMatchObject({ name: 'NameTaken' });
    await made({ name: 'bugs', connection: 'other' });
    await deleteWebhook({ webhookGid: subscription }, stage.services());
    await made({ name: 'bugs' });
    expect(stage.asana.webhooks).toHaveLength(2);
  });
});

describe('listSubscriptions() and getSubscription()', () => {
  it('show neither hook keys nor secrets, and leave out what was deleted', async () => {
    const subscription = await made();
    const gone = await made({ resource: '2' });
    await deleteWebhook({ webhookGid: gone }, stage.services());
    const listed = await listSubscriptions({}, stage.services());
    expect(listed.data.map((facts) => facts.subscription)).toEqual([subscription]);
    const one = await getSubscription({ subscription: '1000' }, stage.services());
    expect(one.data).toMatchObject({ subscription, webhooks: [{ webhookGid: '1000' }] });
    await expect(getSubscription({ subscription: gone }, stage.services())).rejects.toMatchObject({
      name: 'WebhookNotFound',
    });
    const [hook] = await stage.registry.hooksOf(subscription);
    for (const text of [hook?.hookKey ?? '', hook?.encryptedSecret ?? '']) {
      expect(JSON.stringify([listed, one])).not.toContain(text);
    }
  });
});

describe('getQuota()', () => {
  it.each([401, 402, 403, 404])(
    'reports a workspace that refuses with %i, and counts the others',
    async (status) => {
      await made();
      stage.asana.refusing.set('6', status);
      const { data } = await getQuota({ connection: 'default' }, stage.services());
      expect(data).toMatchObject({ webhooks: { used: 1 }, refused: [{ workspace: '6' }] });
    },
  );
});

describe('createWebhooks()', () => {
  const bulk = async (more: object = {}) => {
    const wanted = { connection: 'default', projects: ['1'], filters, requestsPerMinute: 150, ...more };
    return (await createWebhooks(wanted, stage.services())).data;
  };

  it('creates a webhook again that Asana no longer has, for the same subscription', async () => {
    const [item] = (await bulk()).items;
    stage.asana.webhooks = [];
    expect(await bulk()).toMatchObject({
      done: 1,
      items: [{ action: 'create', subscription: item?.subscription }],
    });
    expect(await bulk()).toMatchObject({ done: 0, unchanged: 1 });
  });

  it('checks each webhook if a workspace refuses to list', async () => {
    await bulk();
    stage.asana.refusing.set('6', 403);
    expect(await bulk()).toMatchObject({ done: 1, items: [{ action: 'none' }] });
    expect(stage.asana.webhooks).toHaveLength(1);
  });

  it('never changes the filters of a subscription that it did not create', async () => {
    await made({ filters: story });
    expect(await bulk()).toMatchObject({ done: 1, items: [{ action: 'create' }] });
    expect(stage.asana.webhooks.map((webhook) => webhook.filters)).toMatchObject([story, filters]);
    expect(await bulk({ filters: [{ resource_type: 'tag' }] })).toMatchObject({
      items: [{ action: 'update' }],
    });
    expect(stage.asana.webhooks.map((webhook) => webhook.filters)).toMatchObject([
      story,
      [{ resource_type: 'tag' }],
    ]);
  });

  it('leaves a paused subscription alone', async () => {
    const subscription = await made();
    await update(subscription, { wanted: 'paused' });
    expect(await bulk()).toMatchObject({ done: 0, unchanged: 1 });
    expect(stage.asana.webhooks).toEqual([]);
  });
});

it.each([
  [57, 25_000],
  [30, 10_000],
  [21, 1_000],
])('a create call in an invocation of %i s leaves 20 s to undo it', async (seconds, timeoutMs) => {
  const wanted = { connection: 'default', resource: '1', filters };
  await createWebhook(wanted, stage.services({}, seconds));
  expect(stage.asana.timeouts).toEqual([timeoutMs]);
});
