import type { IdempotencyRecords } from '../../core/subscriptions/ports.ts';
import { idempotencyAt } from './registry-key.ts';
import type { RegistryTable } from './registry-table.ts';
import { expiry, numberIn, textIn, texts } from './row.ts';

/** Idempotency records in the registry table. A lease decides who writes a record, so the write has no condition. */
export function createIdempotencyRecords(table: RegistryTable): IdempotencyRecords {
  return {
    async find(id) {
      const row = await table.get(idempotencyAt(id));
      return (
        row && {
          fingerprint: textIn(row, 'fingerprint'),
          subscription: textIn(row, 'subscription'),
          expiresAt: new Date(numberIn(row, 'expiresAt') * 1_000),
        }
      );
    },

    async put(id, { fingerprint, subscription, expiresAt }) {
      await table.put(idempotencyAt(id), { ...texts({ fingerprint, subscription }), ...expiry(expiresAt) });
    },

    async remove(id) {
      await table.remove(idempotencyAt(id));
    },
  };
}
