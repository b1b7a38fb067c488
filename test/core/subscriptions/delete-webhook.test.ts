import { beforeEach, describe, expect, it } from 'vitest';
import { createWebhook } from '../../../core/subscriptions/create-webhook.ts';
import { deleteWebhook } from '../../../core/subscriptions/delete-webhook.ts';
import { answer, failing } from './asana-model.ts';
import { createStage, type Stage } from './stage.ts';

const dayMs = 24 * 3_600_000;

let stage: Stage;
let subscription: string;
beforeEach(async () => {
  stage = createStage();
  const made = await createWebhook({ connection: 'sales', resource: '1', name: 'bugs' }, stage.services());
  subscription = made.registry?.subscription ?? '';
  stage.asana.calls.length = 0;
});

const remove = (webhookGid: string, more: object = {}) =>
  deleteWebhook({ webhookGid, ...more }, stage.services());

describe('deleteWebhook()', () => {
  it('refuses a connection that is not the webhook’s own, by gid and by subscription', async () => {
    for (const named of ['1000', subscription]) {
      await expect(remove(named, { connection: 'other' })).rejects.toMatchObject({
        name: 'ConnectionMismatch',
        message: expect.stringContaining('"sales"'),
      });
    }
    expect(stage.asana.calls).toEqual([]);
    expect(stage.onlyHook().status).toBe('active');
    expect(stage.onlySubscription().wanted).toBe('on');
  });

  it.each<[string, () => void]>([
    [
      'the token belongs to another user',
      () => stage.owners.set('sales', { userGid: '13', fingerprint: 'g' }),
    ],
    ['nobody knows whose token it is', () => stage.owners.set('sales', { fingerprint: 'g' })],
    ['a workspace refuses to list', () => stage.asana.refusing.set('6', 402)],
  ])('does not take "not found" for a proof if %s', async (_, change) => {
    change();
    stage.asana.trouble = { delete: failing(answer(404)) };
    await expect(remove('1000')).rejects.toMatchObject({ name: 'WebhookStateUnknown' });
    expect(stage.onlyHook().status).toBe('deleting');
    expect(await remove('1000', { force: true })).toMatchObject({ registry: { status: 'deleted' } });
    expect(stage.onlyHook().status).toBe('deleted');
  });

  it('does not take "not found" for a proof if Asana lists the webhook', async () => {
    stage.asana.trouble = { delete: failing(answer(404)) };
    await expect(remove('1000')).rejects.toThrow('Asana lists the webhook');
    expect(stage.onlyHook().status).toBe('deleting');
  });

  it('takes "not found" for deleted if the same user does not list the webhook', async () => {
    stage.asana.webhooks = [];
    expect(await remove(subscription)).toMatchObject({ data: {}, registry: { status: 'deleted' } });
    expect(stage.onlyHook().status).toBe('deleted');
  });

  it.each([401, 429])(
    'leaves a deleted webhook deleted if Asana refuses another deletion (%i)',
    async (status) => {
      await remove('1000');
      stage.asana.trouble = { delete: failing(answer(status)) };
      await expect(remove('1000')).rejects.toMatchObject({ status });
      expect(stage.onlyHook().status).toBe('deleted');
    },
  );

  it('continues after a deletion that Asana refused', async () => {
    stage.asana.trouble = { delete: failing(answer(403)) };
    await expect(remove(subscription)).rejects.toThrow('is marked for deletion');
    expect(stage.onlyHook().status).toBe('deleting');
    stage.asana.trouble = {};
    await remove(subscription);
    expect(stage.asana.webhooks).toEqual([]);
  });

  it.each([
    ['30 days', 7 * dayMs, 30 * dayMs],
    ['the retention of the event log', 90 * dayMs, 90 * dayMs],
  ])(
    'keeps the rows for %s, because its events are found through them',
    async (_, eventRetentionMs, keptMs) => {
      const { hookKey } = stage.onlyHook();
      const rows = [
        { pk: `hook#${hookKey}`, sk: 'hook' },
        { pk: 'gid#1000', sk: 'gid' },
        { pk: `sub#${subscription}`, sk: `hook#${hookKey}` },
        { pk: `sub#${subscription}`, sk: 'sub' },
        { pk: 'conn#sales', sk: `sub#${subscription}` },
      ];
      for (const row of rows) expect(stage.expiryOf(row)).toBeNull();
      await deleteWebhook({ webhookGid: '1000' }, stage.services({ eventRetentionMs }));
      const expected = new Date(stage.now().getTime() + keptMs);
      for (const row of rows) expect(stage.expiryOf(row)).toEqual(expected);
      expect(stage.expiryOf({ pk: 'name#sales#bugs', sk: 'name' })).toBeUndefined();
    },
  );
});
