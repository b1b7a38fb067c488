import type { Clock } from '../../core/clock.ts';
import type { Subscription } from '../../core/subscription.ts';
import type { Added, Registry } from '../../core/subscriptions/ports.ts';
import { connectionAt, handleAt, subscriptionAt, subscriptionPointerAt } from './registry-key.ts';
import type { Condition, RegistryTable } from './registry-table.ts';
import { dateIn, expiry, textIn, texts } from './row.ts';
import { fromSubscriptionRow, toSubscriptionRow } from './subscription-row.ts';

type Subscriptions = Omit<
  Registry,
  'findHook' | 'findHooks' | 'findByGid' | 'hooksOf' | 'addHook' | 'transition' | 'removeHook'
>;

/**
 * How long a handle whose subscription is absent counts as taken. Its subscription is being added, or the call that
 * adds it has died. An invocation lasts at most 58 s, so twice that is ample.
 */
const handleGraceMs = 2 * 60_000;

/**
 * The subscriptions in the registry table. DynamoDB's transactions are not used, because the order of the writes is
 * enough: handle, connection, pointer of the connection, subscription. They are removed in reverse. A handle or
 * pointer without its subscription counts as absent.
 */
export function subscriptionsIn(table: RegistryTable, now: Clock): Subscriptions {
  async function findSubscription(id: string): Promise<Subscription | undefined> {
    const row = await table.get(subscriptionAt(id));
    return row && fromSubscriptionRow(row);
  }

  async function idsOf(connection: string): Promise<readonly string[]> {
    const pointers = await table.list(subscriptionPointerAt(connection, '').pk, 'sub#');
    return pointers.map((row) => textIn(row, 'subscription'));
  }

  /**
   * Takes a handle for a subscription. It may be taken from a subscription that is deleted, has given up the handle, or
   * was never completely added.
   */
  async function takeHandle({ id, connection, handle }: Subscription): Promise<Added> {
    if (handle === undefined) return { kind: 'added' };
    const key = handleAt(connection, handle);
    const own = texts({ subscription: id, takenAt: now().toISOString() });
    for (;;) {
      if (await table.add(key, own)) return { kind: 'added' };
      const row = await table.get(key);
      if (row === undefined) continue;
      const holder = textIn(row, 'subscription');
      if (holder === id) return { kind: 'added' };
      const standing = await findSubscription(holder);
      if (standing?.handle === handle && standing.wanted !== 'off')
        return { kind: 'taken', subscription: standing };
      const isNew = now().getTime() - (dateIn(row, 'takenAt')?.getTime() ?? 0) < handleGraceMs;
      if (standing === undefined && isNew) return { kind: 'busy' };
      if (await table.add(key, own, isSubscription(holder))) return { kind: 'added' };
    }
  }

  async function freeHandle({ id, connection, handle }: Subscription): Promise<void> {
    if (handle !== undefined) await table.remove(handleAt(connection, handle), isSubscription(id));
  }

  return {
    findSubscription,

    async findByHandle(connection, handle) {
      const row = await table.get(handleAt(connection, handle));
      const subscription = row && (await findSubscription(textIn(row, 'subscription')));
      return subscription?.handle === handle ? subscription : undefined;
    },

    async subscriptionsOf(connection) {
      const rows = await table.getAll((await idsOf(connection)).map(subscriptionAt));
      return rows
        .map(fromSubscriptionRow)
        .sort((left, right) => left.createdAt.getTime() - right.createdAt.getTime());
    },

    connections,

    async subscriptions() {
      const names = await connections();
      return (await Promise.all(names.map(idsOf))).flat();
    },

    async addSubscription(subscription, keepUntil) {
      const { id, connection } = subscription;
      const taken = await takeHandle(subscription);
      if (taken.kind !== 'added') return taken;
      await table.put(connectionAt(connection), {});
      await table.put(subscriptionPointerAt(connection, id), texts({ subscription: id }));
      await table.add(subscriptionAt(id), { ...toSubscriptionRow(subscription), ...expiry(keepUntil) });
      return { kind: 'added' };
    },

    async keepSubscription({ subscription, generation, hookKey }) {
      const row = await table.update(subscriptionAt(subscription), {
        set: texts({ currentHook: hookKey }),
        remove: ['expiresAt'],
        onlyIf: isOnAt(generation),
      });
      return row !== undefined;
    },

    async takeGeneration({ id, generation }) {
      const row = await table.update(subscriptionAt(id), {
        set: { generation: { N: String(generation + 1) } },
        onlyIf: isOnAt(generation),
      });
      return row && fromSubscriptionRow(row);
    },

    async changeSubscription(id, { filters, dropHandle = false, ...plain }) {
      const row = await table.update(subscriptionAt(id), {
        set: texts({ ...plain, filters: filters && JSON.stringify(filters) }),
        remove: dropHandle ? ['handle'] : [],
        onlyIf: isNotOff,
      });
      return row && fromSubscriptionRow(row);
    },

    async endSubscription(subscription, keepUntil) {
      const { id, connection } = subscription;
      await table.update(subscriptionAt(id), { set: expiry(keepUntil) });
      await table.update(subscriptionPointerAt(connection, id), { set: expiry(keepUntil) });
      await freeHandle(subscription);
    },

    async removeSubscription(subscription) {
      const { id, connection, generation } = subscription;
      // Another call that has taken the next generation is creating a hook. Another call may also have paused or deleted it.
      if (!(await table.remove(subscriptionAt(id), isOnAt(generation)))) return;
      await table.remove(subscriptionPointerAt(connection, id));
      await freeHandle(subscription);
    },
  };

  async function connections(): Promise<readonly string[]> {
    return (await table.list('connections')).map((row) => textIn(row, 'sk'));
  }
}

const isNotOff: Condition = { not: { wanted: { S: 'off' } } };

function isOnAt(generation: number): Condition {
  return { oneOf: { generation: [{ N: String(generation) }], wanted: [{ S: 'on' }] } };
}

function isSubscription(id: string): Condition {
  return { oneOf: { subscription: [{ S: id }] } };
}
