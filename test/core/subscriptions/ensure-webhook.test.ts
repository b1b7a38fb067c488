import { beforeEach, describe, expect, it } from 'vitest';
import { createWebhook } from '../../../core/subscriptions/create-webhook.ts';
import { ensureWebhook } from '../../../core/subscriptions/ensure-webhook.ts';
import { updateSubscription } from '../../../core/subscriptions/update-subscription.ts';
import { createStage, type Stage } from './stage.ts';

const filters = [{ resource_type: 'task', action: 'changed', fields: ['due_on', 'completed'] }];
const minutes = 60_000;

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});

const ensure = (more: object = {}) =>
  ensureWebhook({ connection: 'default', resource: '1', filters, ...more }, stage.services());
const gids = () => stage.asana.webhooks.map(({ gid }) => gid);

/** Removes the only webhook at Asana, as Asana itself does after a day of failures. */
function removeAtAsana(): void {
  stage.asana.webhooks = [];
}

describe('ensureWebhook()', () => {
  it('over a second connection of the same user leaves the webhook of the first alone', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      for (const connection of ['default', 'second']) {
        const { data, ensured } = await ensure({ connection });
        expect(ensured).toBe(turn === 0 ? 'created' : 'found');
        expect(data?.gid).toBe(connection === 'default' ? '1000' : '1001');
      }
    }
    expect(gids()).toEqual(['1000', '1001']);
    expect(stage.registry.hooks().map(({ status }) => status)).toEqual(['active', 'active']);
  });

  it('notes a webhook that is proven to be gone, and creates another for the same subscription', async () => {
    const first = await ensure();
    removeAtAsana();
    const second = await ensure();
    expect(second).toMatchObject({ ensured: 'recreated', data: { gid: '1001' } });
    expect(second.registry?.subscription).toBe(first.registry?.subscription);
    const lost = stage.registry.hooks().find(({ webhookGid }) => webhookGid === '1000');
    expect(lost).toMatchObject({
      status: 'deleted',
      acceptUntil: new Date(stage.now().getTime() + 60 * minutes),
    });
    expect(stage.expiryOf({ pk: `hook#${lost?.hookKey}`, sk: 'hook' })).toBeInstanceOf(Date);
    expect(await ensure()).toMatchObject({ ensured: 'found', data: { gid: '1001' } });
  });

  it.each<[string, () => void]>([
    [
      'the token belongs to another user',
      () => stage.owners.set('default', { userGid: '13', fingerprint: 'g' }),
    ],
    ['nobody knows whose token it is', () => stage.owners.set('default', { fingerprint: 'g' })],
    ['a workspace refuses to list', () => stage.asana.refusing.set('6', 403)],
  ])('changes nothing if Asana does not find the webhook and %s', async (_, change) => {
    await ensure();
    removeAtAsana();
    change();
    await expect(ensure()).rejects.toMatchObject({ name: 'WebhookStateUnknown' });
    expect(gids()).toEqual([]);
    expect(stage.onlyHook()).toMatchObject({ status: 'active', webhookGid: '1000' });
  });

  it('accepts the same token as proof of the same user if Asana does not show the user', async () => {
    stage.owners.set('default', { fingerprint: 'g' });
    await ensure();
    removeAtAsana();
    expect(await ensure()).toMatchObject({ ensured: 'recreated' });
  });

  it('replaces an inactive webhook after ten minutes: first the new one, then the deletion', async () => {
    await ensure();
    const [old] = stage.asana.webhooks;
    if (old) old.active = false;
    stage.pass(10 * minutes - 1);
    expect(await ensure()).toMatchObject({ ensured: 'found', data: { gid: '1000' } });
    stage.pass(1);
    expect(await ensure()).toMatchObject({ ensured: 'recreated', data: { gid: '1001' } });
    const changes = stage.asana.calls.filter((call) => /create|delete/.test(call));
    expect(changes).toEqual([
      'default createWebhook 1',
      'default createWebhook 1',
      'default deleteWebhook 1000',
    ]);
    expect(gids()).toEqual(['1001']);
  });

  it('keeps the old webhook if the new one cannot be created', async () => {
    await ensure();
    const [old] = stage.asana.webhooks;
    if (old) old.active = false;
    stage.pass(10 * minutes);
    stage.asana.trouble = { handshake: () => undefined };
    await expect(ensure()).rejects.toMatchObject({ name: 'HandshakeNotConfirmed' });
    expect(gids()).toEqual(['1000']);
    expect(stage.onlyHook()).toMatchObject({ status: 'active' });
  });

  it('spares a webhook that another call is creating, and takes over after that call must have ended', async () => {
    const transition = stage.registry.transition;
    await new Promise<void>((died) => {
      const dying: typeof transition = (...call) => {
        if (call[2] !== 'active') return transition(...call);
        died();
        return new Promise(() => undefined);
      };
      void createWebhook(
        { connection: 'default', resource: '1', filters },
        stage.services({ registry: { ...stage.registry, transition: dying } }),
      );
    });
    await expect(ensure()).rejects.toMatchObject({ name: 'CreateInProgress' });
    expect(gids()).toEqual(['1000']);
    stage.pass(57_000);
    expect(await ensure()).toMatchObject({ ensured: 'recreated', data: { gid: '1001' } });
    expect(gids()).toEqual(['1001']);
    expect(stage.registry.hooks().filter(({ status }) => status === 'active')).toHaveLength(1);
  });

  it('without a name changes no other subscription, and lists the others on the resource', async () => {
    const other = [{ resource_type: 'story' }];
    await createWebhook({ connection: 'default', resource: '1', filters: other }, stage.services());
    await createWebhook({ connection: 'default', resource: '2', filters: other }, stage.services());
    const ensured = await ensure();
    expect(ensured).toMatchObject({ ensured: 'created', others: [{ filters: other, resource: '1' }] });
    expect(ensured.others).toHaveLength(1);
    expect(gids()).toHaveLength(3);
    expect(stage.asana.calls.some((call) => call.includes('updateWebhook'))).toBe(false);
  });

  it('finds the same filters in another order', async () => {
    await ensure();
    const sameFilters = [{ fields: ['completed', 'due_on'], resource_type: 'task', action: 'changed' }];
    expect(await ensure({ filters: sameFilters })).toMatchObject({ ensured: 'found' });
  });

  it('with a name changes the filters, and then the resource, of its own subscription', async () => {
    const made = await ensure({ name: 'bugs' });
    const story = [{ resource_type: 'story' }];
    expect(await ensure({ name: 'bugs', filters: story })).toMatchObject({ ensured: 'updated' });
    expect(stage.onlySubscription()).toMatchObject({ filters: story });
    const moved = await ensure({ name: 'bugs', filters: story, resource: '2' });
    expect(moved).toMatchObject({ ensured: 'recreated', data: { resource: { gid: '2' } } });
    expect(moved.registry?.subscription).toBe(made.registry?.subscription);
    expect(stage.asana.webhooks).toMatchObject([{ resource: '2' }]);
    expect(stage.onlySubscription()).toMatchObject({ resource: '2' });
  });

  it('does not resume a paused subscription', async () => {
    const made = await ensure();
    const subscription = made.registry?.subscription ?? '';
    await updateSubscription({ subscription, wanted: 'paused' }, stage.services());
    expect(await ensure()).toMatchObject({ ensured: 'paused', data: null, registry: { subscription } });
    expect(gids()).toEqual([]);
  });

  it('creates one for ten calls at once, with a name or without', async () => {
    for (const name of [undefined, 'bugs']) {
      const before = gids().length;
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, () => ensure({ name, resource: '3' })),
      );
      expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
      expect(gids()).toHaveLength(before + 1);
    }
  });
});
