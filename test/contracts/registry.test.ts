import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hook, newHookKey } from '../../core/hook.ts';
import { newSubscriptionId, type Subscription } from '../../core/subscription.ts';
import { hookOf, subscriptionOf } from '../core/hooks.ts';
import { begin, implementations, type Stores } from './stores.ts';

const inSeconds = (seconds: number) => new Date(begin.getTime() + seconds * 1_000);
const later = inSeconds(3_600);

describe.each(implementations)('the registry in %s', (_, start) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await start();
  });
  afterAll(() => stores.close());

  async function addedHook(changes: Partial<Hook> = {}): Promise<Hook> {
    const hook = hookOf(changes);
    await stores.registry.addHook(hook, later);
    return hook;
  }

  async function addedSubscription(changes: Partial<Subscription> = {}): Promise<Subscription> {
    const subscription = subscriptionOf({ connection: newHookKey(), ...changes });
    expect(await stores.registry.addSubscription(subscription, later)).toEqual({ kind: 'added' });
    return subscription;
  }

  /** Runs `act` at another time. */
  async function at<T>(time: Date, act: () => Promise<T>): Promise<T> {
    stores.clock.now = time;
    try {
      return await act();
    } finally {
      stores.clock.now = begin;
    }
  }

  describe('hooks', () => {
    it('are found as they were added', async () => {
      const hook = await addedHook({ owner: { fingerprint: 'f' } });
      expect(await stores.registry.findHook(hook.hookKey)).toEqual(hook);
      expect(await stores.registry.find(hook.hookKey)).toEqual(hook);
      expect(await stores.registry.findHook(newHookKey())).toBeUndefined();
    });

    it('are found by subscription at once, the highest generation first', async () => {
      const subscription = newSubscriptionId();
      const hooks = [await addedHook({ subscription }), await addedHook({ subscription, generation: 2 })];
      await addedHook();
      expect(await stores.registry.hooksOf(subscription)).toEqual(hooks.reverse());
    });

    it('are found by many hook keys, also by more than one batch', async () => {
      const hooks = await Promise.all(Array.from({ length: 120 }, () => addedHook()));
      const keys = [...hooks.map(({ hookKey }) => hookKey), newHookKey()];
      const found = await stores.registry.findHooks(keys);
      expect(found.map(({ hookKey }) => hookKey).sort()).toEqual(hooks.map(({ hookKey }) => hookKey).sort());
    });

    it('are absent after they expire, although the row is there', async () => {
      const { hookKey, subscription } = await addedHook();
      await at(later, async () => {
        expect(await stores.registry.findHook(hookKey)).toBeUndefined();
        expect(await stores.registry.find(hookKey)).toBeUndefined();
        expect(await stores.registry.hooksOf(subscription)).toEqual([]);
        expect(await stores.registry.transition(hookKey, ['registering'], 'active', {})).toBeUndefined();
      });
    });

    it('transition() changes the status once, and the hook is found by its gid', async () => {
      const hook = await addedHook();
      const gid = newHookKey();
      const active = { ...hook, status: 'active', webhookGid: gid };
      const { registry } = stores;
      expect(await registry.transition(hook.hookKey, ['registering'], 'active', { webhookGid: gid })).toEqual(
        active,
      );
      expect(await registry.transition(hook.hookKey, ['registering'], 'deleted', {})).toBeUndefined();
      expect(await registry.findByGid(gid)).toEqual(active);
      expect(await registry.transition(newHookKey(), ['registering'], 'active', {})).toBeUndefined();
    });

    it('transition() of a registering hook to active succeeds for one of ten simultaneous callers', async () => {
      const { hookKey } = await addedHook();
      const targets = ['active', 'deleted'] as const;
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          stores.registry.transition(hookKey, ['registering'], targets[index % 2] ?? 'active', {}),
        ),
      );
      expect(answers.filter((hook) => hook !== undefined)).toHaveLength(1);
    });

    it('an active hook does not expire', async () => {
      const { hookKey, subscription } = await addedHook();
      await stores.registry.transition(hookKey, ['registering'], 'active', { webhookGid: newHookKey() });
      await at(inSeconds(400 * 24 * 3_600), async () => {
        expect(await stores.registry.findHook(hookKey)).toMatchObject({ status: 'active' });
        expect(await stores.registry.hooksOf(subscription)).toHaveLength(1);
      });
    });

    it('a deleted hook expires with everything that leads to it', async () => {
      const gid = newHookKey();
      const { hookKey, subscription } = await addedHook();
      await stores.registry.transition(hookKey, ['registering'], 'active', { webhookGid: gid });
      const change = { keepUntil: later, acceptUntil: inSeconds(60) };
      const deleted = await stores.registry.transition(hookKey, ['active'], 'deleted', change);
      expect(deleted).toMatchObject({ status: 'deleted', acceptUntil: inSeconds(60) });
      await at(later, async () => {
        expect(await stores.registry.findByGid(gid)).toBeUndefined();
        expect(await stores.table.list(`sub#${subscription}`)).toEqual([]);
        expect(await stores.table.list(`gid#${gid}`)).toEqual([]);
      });
    });

    it('removeHook() removes a hook, and does nothing the second time', async () => {
      const hook = await addedHook();
      await stores.registry.removeHook(hook);
      await stores.registry.removeHook(hook);
      expect(await stores.registry.findHook(hook.hookKey)).toBeUndefined();
      expect(await stores.registry.hooksOf(hook.subscription)).toEqual([]);
    });
  });

  describe('secrets', () => {
    it('storeSecret() stores the first secret and accepts the same secret again', async () => {
      const { hookKey } = await addedHook();
      expect(await stores.registry.storeSecret(hookKey, 'encrypted', begin)).toEqual({ stored: true });
      expect(await stores.registry.storeSecret(hookKey, 'encrypted', begin)).toEqual({ stored: true });
      expect(await stores.registry.findHook(hookKey)).toMatchObject({ encryptedSecret: 'encrypted' });
    });

    it('storeSecret() refuses another secret and returns the hook', async () => {
      const { hookKey } = await addedHook();
      await stores.registry.storeSecret(hookKey, 'encrypted', begin);
      const refused = await stores.registry.storeSecret(hookKey, 'other', begin);
      expect(refused).toMatchObject({ stored: false, webhook: { hookKey, encryptedSecret: 'encrypted' } });
      expect(await stores.registry.findHook(hookKey)).toMatchObject({ encryptedSecret: 'encrypted' });
    });

    it('storeSecret() stores one of many concurrent secrets', async () => {
      const { hookKey } = await addedHook();
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, index) => stores.registry.storeSecret(hookKey, `s${index}`, begin)),
      );
      expect(results.filter(({ stored }) => stored)).toHaveLength(1);
    });

    it('storeSecret() refuses a secret after the window closes', async () => {
      const { hookKey, windowClosesAt } = await addedHook();
      const { registry } = stores;
      expect(await registry.storeSecret(hookKey, 'encrypted', windowClosesAt)).toMatchObject({
        stored: false,
      });
      const justBefore = new Date(windowClosesAt.getTime() - 1);
      expect(await registry.storeSecret(hookKey, 'encrypted', justBefore)).toEqual({ stored: true });
    });

    it('storeSecret() refuses every secret of an active hook, even the same secret', async () => {
      const { hookKey } = await addedHook();
      await stores.registry.storeSecret(hookKey, 'encrypted', begin);
      await stores.registry.transition(hookKey, ['registering'], 'active', { webhookGid: newHookKey() });
      expect(await stores.registry.storeSecret(hookKey, 'encrypted', begin)).toMatchObject({ stored: false });
    });

    it('storeSecret() and noteArrival() create no row for an unknown hook key', async () => {
      const hookKey = newHookKey();
      const refused = await stores.registry.storeSecret(hookKey, 'encrypted', begin);
      expect(refused).toEqual({ stored: false, webhook: undefined });
      await stores.registry.noteArrival(hookKey, 'events', later);
      expect(await stores.registry.findHook(hookKey)).toBeUndefined();
    });

    it('noteArrival() stores the time of events and of heartbeats apart', async () => {
      const { hookKey } = await addedHook();
      await stores.registry.noteArrival(hookKey, 'events', inSeconds(1));
      await stores.registry.noteArrival(hookKey, 'heartbeat', inSeconds(2));
      expect(await stores.registry.findHook(hookKey)).toMatchObject({
        lastDeliveryAt: inSeconds(1),
        lastHeartbeatAt: inSeconds(2),
      });
    });
  });

  describe('subscriptions', () => {
    it('are found as they were added, with their expiry until they are kept', async () => {
      const subscription = await addedSubscription({ name: 'bugs', handle: 'bugs', workspace: '9' });
      expect(await stores.registry.findSubscription(subscription.id)).toEqual({
        ...subscription,
        expiresAt: later,
      });
      const hook = hookOf({ subscription: subscription.id });
      expect(await stores.registry.keepSubscription(hook)).toBe(true);
      const kept = { ...subscription, currentHook: hook.hookKey };
      expect(await stores.registry.findSubscription(subscription.id)).toEqual(kept);
    });

    it('are found by connection at once, the oldest first', async () => {
      const connection = newHookKey();
      for (let second = 0; second < 5; second += 1) {
        const added = await addedSubscription({ connection, createdAt: inSeconds(second) });
        const found = await stores.registry.subscriptionsOf(connection);
        expect(found.at(-1)).toMatchObject({ id: added.id });
        expect(found).toHaveLength(second + 1);
      }
      expect(await stores.registry.connections()).toContain(connection);
      expect(await stores.registry.subscriptionsOf(newHookKey())).toEqual([]);
    });

    it('subscriptions() returns the ids of all connections, each once', async () => {
      const added = [await addedSubscription(), await addedSubscription()].map(({ id }) => id);
      const all = await stores.registry.subscriptions();
      expect(all).toEqual(expect.arrayContaining(added));
      expect(new Set(all).size).toBe(all.length);
      expect(all.every((id) => id.startsWith('sub_'))).toBe(true);
    });

    it('takeGeneration() gives each generation to one of ten simultaneous callers', async () => {
      const subscription = await addedSubscription();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => stores.registry.takeGeneration(subscription)),
      );
      expect(answers.flatMap((next) => next?.generation ?? [])).toEqual([2]);
      const stale = hookOf({ subscription: subscription.id });
      expect(await stores.registry.keepSubscription(stale)).toBe(false);
      expect(await stores.registry.keepSubscription({ ...stale, generation: 2 })).toBe(true);
    });

    it('changeSubscription() changes what is given, and nothing of one that is off', async () => {
      const { id } = await addedSubscription({ handle: '=exact/1', workspace: '9' });
      const { registry } = stores;
      const filters = [{ resource_type: 'story' }];
      expect(await registry.changeSubscription(id, { filters })).toMatchObject({
        filters,
        handle: '=exact/1',
      });
      expect(await registry.changeSubscription(id, { dropHandle: true })).not.toHaveProperty(
        'handle',
        '=exact/1',
      );
      expect(await registry.changeSubscription(id, { wanted: 'off' })).toMatchObject({
        wanted: 'off',
        filters,
      });
      expect(await registry.changeSubscription(id, { wanted: 'on' })).toBeUndefined();
      expect(await registry.findSubscription(id)).toMatchObject({ wanted: 'off', workspace: '9' });
      expect(await registry.changeSubscription(newSubscriptionId(), { wanted: 'on' })).toBeUndefined();
    });

    it('that are paused or off take no generation and are not kept', async () => {
      const subscription = await addedSubscription();
      await stores.registry.changeSubscription(subscription.id, { wanted: 'paused' });
      expect(await stores.registry.takeGeneration(subscription)).toBeUndefined();
      expect(await stores.registry.keepSubscription(hookOf({ subscription: subscription.id }))).toBe(false);
    });

    it('endSubscription() gives it an expiry, and frees its handle at once', async () => {
      const connection = newHookKey();
      const { id, ...ended } = await addedSubscription({ connection, name: 'bugs', handle: 'bugs' });
      await stores.registry.changeSubscription(id, { wanted: 'off' });
      await stores.registry.endSubscription({ id, ...ended }, later);
      expect(await stores.registry.findSubscription(id)).toMatchObject({ wanted: 'off', expiresAt: later });
      expect(await stores.registry.findByHandle(connection, 'bugs')).toBeUndefined();
      await at(later, async () => {
        expect(await stores.registry.subscriptionsOf(connection)).toEqual([]);
        expect(await stores.table.list(`conn#${connection}`)).toEqual([]);
      });
    });

    it('removeSubscription() removes it, unless another call has taken its next generation', async () => {
      const connection = newHookKey();
      const subscription = await addedSubscription({ connection, handle: 'bugs' });
      const other = await addedSubscription({ connection });
      await stores.registry.takeGeneration(other);
      for (const removed of [subscription, subscription, other]) {
        await stores.registry.removeSubscription(removed);
      }
      const left = await stores.registry.subscriptionsOf(connection);
      expect(left.map(({ id }) => id)).toEqual([other.id]);
      expect(await stores.registry.findByHandle(connection, 'bugs')).toBeUndefined();
    });
  });

  describe('handles', () => {
    const named = (connection: string) => subscriptionOf({ connection, handle: 'bugs', name: 'bugs' });

    it('belong to one of ten simultaneous subscriptions', async () => {
      const connection = newHookKey();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => stores.registry.addSubscription(named(connection), later)),
      );
      expect(answers.filter(({ kind }) => kind === 'added')).toHaveLength(1);
      expect(await stores.registry.subscriptionsOf(connection)).toHaveLength(1);
    });

    it('are unique per connection, and name their subscription', async () => {
      const subscription = await addedSubscription({ handle: 'bugs' });
      const { connection } = subscription;
      const standing = { ...subscription, expiresAt: later };
      const refused = await stores.registry.addSubscription(named(connection), later);
      expect(refused).toEqual({ kind: 'taken', subscription: standing });
      expect(await stores.registry.findByHandle(connection, 'bugs')).toEqual(standing);
      expect(await stores.registry.findByHandle(newHookKey(), 'bugs')).toBeUndefined();
    });

    it('are taken from a subscription that is off, or has given up the handle', async () => {
      const first = await addedSubscription({ handle: 'bugs' });
      await stores.registry.changeSubscription(first.id, { wanted: 'off' });
      const second = await addedSubscription({ connection: first.connection, handle: 'bugs' });
      await stores.registry.changeSubscription(second.id, { dropHandle: true });
      expect(await stores.registry.findByHandle(first.connection, 'bugs')).toBeUndefined();
      const third = await addedSubscription({ connection: first.connection, handle: 'bugs' });
      await stores.registry.endSubscription(first, later);
      expect(await stores.registry.findByHandle(first.connection, 'bugs')).toMatchObject({ id: third.id });
    });

    it('of a call that died are busy for two minutes, and then free', async () => {
      const connection = newHookKey();
      const died = await addedSubscription({ connection, handle: 'bugs' });
      await stores.table.remove({ pk: `sub#${died.id}`, sk: 'sub' });
      expect(await stores.registry.addSubscription(named(connection), later)).toEqual({ kind: 'busy' });
      await at(inSeconds(119), async () => {
        expect(await stores.registry.addSubscription(named(connection), later)).toEqual({ kind: 'busy' });
      });
      await at(inSeconds(120), async () => {
        expect(await stores.registry.addSubscription(named(connection), later)).toEqual({ kind: 'added' });
      });
    });
  });

  it('idempotency records are found until they expire, and not after they are removed', async () => {
    const id = newHookKey();
    const record = { fingerprint: 'f', subscription: newSubscriptionId(), expiresAt: later };
    expect(await stores.idempotency.find(id)).toBeUndefined();
    await stores.idempotency.put(id, record);
    expect(await stores.idempotency.find(id)).toEqual(record);
    await at(later, async () => expect(await stores.idempotency.find(id)).toBeUndefined());
    await stores.idempotency.remove(id);
    expect(await stores.idempotency.find(id)).toBeUndefined();
  });
});
