import type { Key } from '../../../adapters/aws/registry-key.ts';
import { type Hook, hookKeyIn } from '../../../core/hook.ts';
import { encryptSecret } from '../../../core/hook-secret.ts';
import type { Owner } from '../../../core/owner.ts';
import type { Subscription } from '../../../core/subscription.ts';
import type { SubscriptionServices } from '../../../core/subscriptions/services.ts';
import { timeOf } from '../../../core/time-budget.ts';
import { createMemoryEncryptionKeys, encryptionKey } from '../../memory/encryption-keys.ts';
import { createMemoryRegistry, type MemoryRegistry } from '../../memory/registry.ts';
import { type AsanaModel, createAsanaModel, secret } from './asana-model.ts';

/** The base URL of our endpoint. */
export const base = 'https://hooks.example.com';
const begin = new Date('2026-11-23T10:00:00.000Z');
const dayMs = 24 * 3_600_000;

/** A registry and a small Asana, at a time that the test sets. */
export interface Stage {
  readonly registry: MemoryRegistry;
  readonly asana: AsanaModel;
  /** The owners of connections. The owner of every other connection is the user 12. */
  readonly owners: Map<string, Owner>;
  readonly now: () => Date;
  /** Lets time pass. */
  pass(ms: number): void;
  /** The services of an invocation that has `seconds` left. */
  services(changes?: Partial<SubscriptionServices>, seconds?: number): SubscriptionServices;
  /** When a row expires; null if it does not expire, and undefined if there is no such row. */
  expiryOf(key: Key): Date | null | undefined;
  /** The only hook. */
  onlyHook(): Hook;
  /** The only subscription. */
  onlySubscription(): Subscription;
}

/** Creates a stage. Its connections belong to the same Asana user, unless the test changes `owners`. */
export function createStage(): Stage {
  let now = begin;
  const registry = createMemoryRegistry(() => now);
  const asana = createAsanaModel(async (target) => {
    const hookKey = hookKeyIn(target, base);
    if (hookKey !== undefined) {
      await registry.storeSecret(hookKey, encryptSecret(secret, hookKey, encryptionKey), now);
    }
  });
  const owners = new Map<string, Owner>();
  const ownerOf = (connection: string) => owners.get(connection) ?? { userGid: '12', fingerprint: '1.f' };
  return {
    registry,
    asana,
    owners,
    now: () => now,
    pass(ms) {
      now = new Date(now.getTime() + ms);
    },
    services: (changes = {}, seconds = 57) => ({
      registry,
      leases: registry.leases,
      idempotency: registry.idempotency,
      owners: { of: async (connection) => ownerOf(connection) },
      encryptionKeys: createMemoryEncryptionKeys(),
      asana: (connection) => asana.client(connection, ownerOf(connection).userGid ?? '12'),
      now: () => now,
      sleep: async () => undefined,
      time: timeOf(seconds * 1_000, () => now),
      probe: async () => ({}),
      eventRetentionMs: 30 * dayMs,
      publicBaseUrl: base,
      ...changes,
    }),
    expiryOf({ pk, sk }) {
      const row = registry.table.rows.get(JSON.stringify([pk, sk]));
      if (row === undefined) return undefined;
      return row.expiresAt?.N === undefined ? null : new Date(Number(row.expiresAt.N) * 1_000);
    },
    onlyHook: () => only(registry.hooks()),
    onlySubscription: () => only(registry.allSubscriptions()),
  };
}

function only<T>(found: readonly T[]): T {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`There are ${found.length} of them, not one`);
  return first;
}
