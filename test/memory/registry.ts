import { fromHookRow, toHookRow } from '../../adapters/aws/hook-row.ts';
import { createIdempotencyRecords } from '../../adapters/aws/idempotency-records.ts';
import { createLeases } from '../../adapters/aws/leases.ts';
import { createRegistry } from '../../adapters/aws/registry.ts';
import { hookAt, subscriptionAt } from '../../adapters/aws/registry-key.ts';
import { expiry, isExpired } from '../../adapters/aws/row.ts';
import { fromSubscriptionRow, toSubscriptionRow } from '../../adapters/aws/subscription-row.ts';
import type { Clock } from '../../core/clock.ts';
import type { Hook } from '../../core/hook.ts';
import type { Leases } from '../../core/lease.ts';
import type { ReceiverRegistry } from '../../core/receiving/ports.ts';
import type { Subscription } from '../../core/subscription.ts';
import type { IdempotencyRecords, Registry } from '../../core/subscriptions/ports.ts';
import { createMemoryTable, type MemoryTable } from './registry-table.ts';

/** A registry in memory, and everything else that is stored in its table. */
export interface MemoryRegistry extends ReceiverRegistry, Registry {
  readonly table: MemoryTable;
  readonly leases: Leases;
  readonly idempotency: IdempotencyRecords;
  /** Stores a hook as it is, without anything that leads to it. */
  setHook(hook: Hook): void;
  getHook(hookKey: string): Hook | undefined;
  /** Every hook, also those that have expired. */
  hooks(): readonly Hook[];
  /** Every subscription, also those that have expired. */
  allSubscriptions(): readonly Subscription[];
  /** Stores a hook as it is, and its subscription if there is none. */
  plant(hook: Hook, subscription?: Partial<Subscription>): Promise<void>;
}

/** The registry in memory: the same code as in DynamoDB, over a table in memory. */
export function createMemoryRegistry(now: Clock = () => new Date()): MemoryRegistry {
  const table = createMemoryTable(now);
  const registry = createRegistry(table, now);
  const rowsOf = (sk: string) => [...table.rows.values()].filter((row) => row.sk?.S === sk);
  return {
    ...registry,
    ...createMemoryReceiverRegistry(table, now),
    table,
    leases: createLeases(table),
    idempotency: createIdempotencyRecords(table),
    setHook: (hook) => void table.put(hookAt(hook.hookKey), toHookRow(hook)),
    getHook: (hookKey) =>
      rowsOf('hook')
        .map(fromHookRow)
        .find((hook) => hook.hookKey === hookKey),
    hooks: () => rowsOf('hook').map(fromHookRow),
    allSubscriptions: () => rowsOf('sub').map(fromSubscriptionRow),
    async plant(hook, given = {}) {
      const { subscription: id, connection, resource, generation, createdAt, hookKey } = hook;
      await registry.addHook(hook, new Date(0));
      await table.put(hookAt(hookKey), toHookRow(hook));
      if (hook.webhookGid !== undefined) {
        const { webhookGid, status } = hook;
        await registry.transition(hookKey, [status], status, { webhookGid });
      }
      if ((await registry.findSubscription(id)) !== undefined) return;
      const subscription: Subscription = {
        ...{ id, connection, resource, generation, createdAt, filters: [] },
        ...{ managedBy: 'person', wanted: 'on', currentHook: hookKey },
        ...given,
      };
      await registry.addSubscription(subscription, new Date(0));
      const { expiresAt } = subscription;
      await table.put(subscriptionAt(id), { ...toSubscriptionRow(subscription), ...expiry(expiresAt) });
    },
  };
}

function createMemoryReceiverRegistry(table: MemoryTable, now: Clock): ReceiverRegistry {
  const idOf = (hookKey: string) => JSON.stringify([hookAt(hookKey).pk, hookAt(hookKey).sk]);
  // Reads and writes happen in one step, as in one conditional write.
  const read = (hookKey: string) => {
    const row = table.rows.get(idOf(hookKey));
    return row === undefined || isExpired(row, now()) ? undefined : fromHookRow(row);
  };
  const change = (hookKey: string, changed: Partial<Hook>) => {
    const [row, hook] = [table.rows.get(idOf(hookKey)), read(hookKey)];
    if (row && hook) table.rows.set(idOf(hookKey), { ...row, ...toHookRow({ ...hook, ...changed }) });
  };
  return {
    find: async (hookKey) => read(hookKey),
    async storeSecret(hookKey, encryptedSecret, at) {
      const webhook = read(hookKey);
      const isOpen = webhook?.status === 'registering' && webhook.windowClosesAt > at;
      const hasOther = webhook?.encryptedSecret !== undefined && webhook.encryptedSecret !== encryptedSecret;
      if (!isOpen || hasOther) return { stored: false, webhook };
      change(hookKey, { encryptedSecret });
      return { stored: true };
    },
    noteArrival: async (hookKey, kind, at) =>
      change(hookKey, kind === 'events' ? { lastDeliveryAt: at } : { lastHeartbeatAt: at }),
  };
}
