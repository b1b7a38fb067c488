import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  handshakeWindowMs,
  newHookKey,
  newSubscription,
  newWebhook,
  type Webhook,
} from '../../core/webhook.ts';
import { implementations, type Stores } from './stores.ts';

const now = new Date('2026-11-23T10:00:00.000Z');
const later = new Date(now.getTime() + 3_600_000);

describe.each(implementations)('the registry in %s', (_, start) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await start();
  });
  afterAll(() => stores.close());

  async function added(changes: Partial<Webhook> = {}): Promise<Webhook> {
    const filters = [{ resource_type: 'task', action: 'changed', fields: ['due_on'] }];
    const webhook = { ...newWebhook({ connection: 'default', resource: '1', filters }, now), ...changes };
    await stores.registry.add(webhook, later);
    return webhook;
  }

  it('find() returns a row as it was added', async () => {
    const webhook = await added();
    expect(await stores.registry.find(webhook.hookKey)).toEqual(webhook);
  });

  it('find() returns undefined for an unknown hook key', async () => {
    expect(await stores.registry.find(newHookKey())).toBeUndefined();
  });

  it('subscriptions() returns each subscription once, and ignores rows that are not webhooks', async () => {
    const [webhook, other] = [await added(), await added()];
    await added({ subscription: webhook.subscription });
    const claim = { id: newHookKey(), holder: newHookKey(), fingerprint: 'f', leaseEndsAt: now };
    await stores.claims.claim({ ...claim, expiresAt: later }, now);
    const subscriptions = await stores.registry.subscriptions();
    expect(subscriptions).toContain(other.subscription);
    expect(subscriptions.filter((name) => name === webhook.subscription)).toHaveLength(1);
    expect(subscriptions.every((name) => name.startsWith('sub_'))).toBe(true);
  });

  it('add() refuses a hook key that exists', async () => {
    const webhook = await added();
    await expect(added({ hookKey: webhook.hookKey })).rejects.toMatchObject({ name: 'StorageUnavailable' });
    expect(await stores.registry.find(webhook.hookKey)).toEqual(webhook);
  });

  it('storeSecret() stores the first secret and accepts the same secret again', async () => {
    const { hookKey } = await added();
    expect(await stores.registry.storeSecret(hookKey, 'encrypted', now)).toEqual({ stored: true });
    expect(await stores.registry.storeSecret(hookKey, 'encrypted', now)).toEqual({ stored: true });
    expect(await stores.registry.find(hookKey)).toMatchObject({ encryptedSecret: 'encrypted' });
  });

  it('storeSecret() refuses another secret and returns the row', async () => {
    const { hookKey } = await added();
    await stores.registry.storeSecret(hookKey, 'encrypted', now);
    const refused = await stores.registry.storeSecret(hookKey, 'other', now);
    expect(refused).toMatchObject({ stored: false, webhook: { hookKey, encryptedSecret: 'encrypted' } });
    expect(await stores.registry.find(hookKey)).toMatchObject({ encryptedSecret: 'encrypted' });
  });

  it('storeSecret() stores one of many concurrent secrets', async () => {
    const { hookKey } = await added();
    const attempts = Array.from({ length: 10 }, (_, index) =>
      stores.registry.storeSecret(hookKey, `s${index}`, now),
    );
    const results = await Promise.all(attempts);
    expect(results.filter(({ stored }) => stored)).toHaveLength(1);
  });

  it('storeSecret() refuses a secret after the window closes', async () => {
    const { hookKey } = await added();
    const end = new Date(now.getTime() + handshakeWindowMs);
    expect(await stores.registry.storeSecret(hookKey, 'encrypted', end)).toMatchObject({ stored: false });
    const justBefore = new Date(end.getTime() - 1);
    expect(await stores.registry.storeSecret(hookKey, 'encrypted', justBefore)).toEqual({ stored: true });
  });

  it('storeSecret() refuses every secret of an active webhook, even the same secret', async () => {
    const { hookKey } = await added();
    await stores.registry.storeSecret(hookKey, 'encrypted', now);
    await stores.registry.activate(hookKey, '77');
    expect(await stores.registry.storeSecret(hookKey, 'encrypted', now)).toMatchObject({ stored: false });
  });

  it('storeSecret() creates no row for an unknown hook key', async () => {
    const hookKey = newHookKey();
    expect(await stores.registry.storeSecret(hookKey, 'encrypted', now)).toEqual({
      stored: false,
      webhook: undefined,
    });
    expect(await stores.registry.find(hookKey)).toBeUndefined();
  });

  it('activate() makes a registering webhook active, once', async () => {
    const { hookKey } = await added();
    expect(await stores.registry.activate(hookKey, '77')).toBe(true);
    expect(await stores.registry.find(hookKey)).toMatchObject({ status: 'active', webhookGid: '77' });
    expect(await stores.registry.activate(hookKey, '78')).toBe(false);
    expect(await stores.registry.find(hookKey)).toMatchObject({ webhookGid: '77' });
    expect(await stores.registry.activate(newHookKey(), '79')).toBe(false);
  });

  it('setStatus() changes the status of an existing row, and creates no row', async () => {
    const { hookKey } = await added({ status: 'active', webhookGid: '80' });
    await stores.registry.setStatus(hookKey, 'deleting');
    expect(await stores.registry.find(hookKey)).toMatchObject({ status: 'deleting' });
    await stores.registry.setStatus(hookKey, 'deleted', later);
    expect(await stores.registry.find(hookKey)).toMatchObject({ status: 'deleted', webhookGid: '80' });
    const unknown = newHookKey();
    await stores.registry.setStatus(unknown, 'active');
    expect(await stores.registry.find(unknown)).toBeUndefined();
  });

  it('setFilters() replaces the filters', async () => {
    const { hookKey } = await added();
    await stores.registry.setFilters(hookKey, [{ resource_type: 'story' }]);
    expect((await stores.registry.find(hookKey))?.filters).toEqual([{ resource_type: 'story' }]);
  });

  it('noteDelivery() stores the time in an existing row, and creates no row', async () => {
    const { hookKey } = await added();
    await stores.registry.noteDelivery(hookKey, later);
    expect((await stores.registry.find(hookKey))?.lastDeliveryAt).toEqual(later);
    const unknown = newHookKey();
    await stores.registry.noteDelivery(unknown, later);
    expect(await stores.registry.find(unknown)).toBeUndefined();
  });

  it('findByGid() finds a row by the gid of an active webhook', async () => {
    const { hookKey } = await added();
    expect(await stores.registry.findByGid('991')).toBeUndefined();
    await stores.registry.activate(hookKey, '991');
    expect(await stores.registry.findByGid('991')).toMatchObject({ hookKey, status: 'active' });
  });

  it('findBySubscription() finds every webhook of a subscription, newest first', async () => {
    const subscription = newSubscription();
    const older = await added({ subscription });
    const newer = await added({ subscription, createdAt: later });
    await added();
    const found = await stores.registry.findBySubscription(subscription);
    expect(found.map(({ hookKey }) => hookKey)).toEqual([newer.hookKey, older.hookKey]);
  });

  it('remove() removes a row, and does nothing if there is no row', async () => {
    const { hookKey } = await added();
    await stores.registry.remove(hookKey);
    expect(await stores.registry.find(hookKey)).toBeUndefined();
    await stores.registry.remove(hookKey);
  });
});
