import type { Hook } from '../../core/hook.ts';
import type { Registry } from '../../core/subscriptions/ports.ts';
import { fromHookRow, toHookRow } from './hook-row.ts';
import { gidAt, hookAt, hookPointerAt } from './registry-key.ts';
import type { RegistryTable } from './registry-table.ts';
import { expiry, textIn, texts } from './row.ts';

type Hooks = Pick<
  Registry,
  'findHook' | 'findHooks' | 'findByGid' | 'hooksOf' | 'addHook' | 'transition' | 'removeHook'
>;

/**
 * The hooks in the registry table. A subscription has a pointer to each of its hooks, and a gid row names the hook of
 * a webhook gid. Rows are written in the order pointer, hook, and removed in reverse. A pointer without its row counts
 * as absent, so an interrupted write leaves nothing that can be found.
 */
export function hooksIn(table: RegistryTable): Hooks {
  async function findHook(hookKey: string): Promise<Hook | undefined> {
    const row = await table.get(hookAt(hookKey));
    return row && fromHookRow(row);
  }

  async function findHooks(hookKeys: readonly string[]): Promise<readonly Hook[]> {
    return (await table.getAll(hookKeys.map(hookAt))).map(fromHookRow);
  }

  return {
    findHook,
    findHooks,

    async findByGid(webhookGid) {
      const row = await table.get(gidAt(webhookGid));
      return row && findHook(textIn(row, 'hookKey'));
    },

    async hooksOf(subscription) {
      const pointers = await table.list(hookPointerAt(subscription, '').pk, 'hook#');
      const hooks = await findHooks(pointers.map((row) => textIn(row, 'hookKey')));
      return [...hooks].sort((left, right) => right.generation - left.generation);
    },

    async addHook(hook, keepUntil) {
      const { hookKey, subscription } = hook;
      await table.put(hookPointerAt(subscription, hookKey), texts({ hookKey }));
      return table.add(hookAt(hookKey), { ...toHookRow(hook), ...expiry(keepUntil) });
    },

    async transition(hookKey, from, to, { webhookGid, keepUntil, acceptUntil }) {
      // The gid row is written first, so that an active hook is always found by its gid.
      if (webhookGid !== undefined) await table.put(gidAt(webhookGid), texts({ hookKey }));
      const row = await table.update(hookAt(hookKey), {
        set: {
          ...texts({ status: to, webhookGid, acceptUntil: acceptUntil?.toISOString() }),
          ...expiry(keepUntil),
        },
        ...(keepUntil === undefined && { remove: ['expiresAt'] }),
        onlyIf: { oneOf: { status: from.map((status) => ({ S: status })) } },
      });
      if (row === undefined) return undefined;
      const hook = fromHookRow(row);
      if (keepUntil !== undefined) {
        if (hook.webhookGid !== undefined)
          await table.update(gidAt(hook.webhookGid), { set: expiry(keepUntil) });
        await table.update(hookPointerAt(hook.subscription, hookKey), { set: expiry(keepUntil) });
      }
      return hook;
    },

    async removeHook({ hookKey, subscription, webhookGid }) {
      await table.remove(hookAt(hookKey));
      if (webhookGid !== undefined) await table.remove(gidAt(webhookGid));
      await table.remove(hookPointerAt(subscription, hookKey));
    },
  };
}
