import type { Lease, Leases } from '../../core/lease.ts';
import { leaseAt } from './registry-key.ts';
import type { RegistryTable } from './registry-table.ts';
import { dateIn, expiry, numberIn, texts } from './row.ts';

/** How long the row of an ended lease is kept. It holds the epoch, so that the next holder has a higher one. */
const epochRetentionMs = 30 * 24 * 3_600_000;

/** Leases in the registry table. */
export function createLeases(table: RegistryTable): Leases {
  return {
    async acquire(wanted, now) {
      const key = leaseAt(wanted.name);
      const row = await table.get(key);
      const attributes = texts({ holder: wanted.holder, endsAt: wanted.endsAt.toISOString() });
      const keepUntil = expiry(new Date(wanted.endsAt.getTime() + epochRetentionMs));
      if (row === undefined) {
        const epoch = 1;
        const isOurs = await table.add(key, { ...attributes, ...keepUntil, epoch: { N: String(epoch) } });
        return isOurs ? { ...wanted, epoch } : undefined;
      }
      const isFree = (dateIn(row, 'endsAt') ?? now) <= now;
      if (!isFree && row.holder?.S !== wanted.holder) return undefined;
      const standing = numberIn(row, 'epoch');
      const epoch = isFree ? standing + 1 : standing;
      const changed = await table.update(key, {
        set: { ...attributes, ...keepUntil, epoch: { N: String(epoch) } },
        onlyIf: { oneOf: { epoch: [{ N: String(standing) }] } },
      });
      return changed && { ...wanted, epoch };
    },

    async release({ name, holder }: Lease, now) {
      await table.update(leaseAt(name), {
        set: texts({ endsAt: now.toISOString() }),
        onlyIf: { oneOf: { holder: [{ S: holder }] } },
      });
    },
  };
}
