import { createIdempotencyRecords } from '../../../adapters/aws/idempotency-records.ts';
import { createLeases } from '../../../adapters/aws/leases.ts';
import { createRegistry } from '../../../adapters/aws/registry.ts';
import type { SubscriptionServices } from '../../../core/subscriptions/services.ts';
import { timeOf } from '../../../core/time-budget.ts';
import type { Actor } from '../scheduler.ts';
import type { Fault } from '../trace.ts';
import { asanaFor } from './asana-client.ts';
import { baseUrl } from './base-url.ts';
import type { Caller } from './ledger.ts';
import { watchTable, withWriteIds } from './table.ts';
import type { World } from './world.ts';

/** The time of an invocation that its work may use, and after which it is killed. */
const workMs = 57_000;
export const lifetimeMs = 60_000;

const dayMs = 24 * 3_600_000;

/** The services of one invocation. Every call that leaves it is a gate of the scheduler. */
export function servicesFor(
  world: World,
  caller: Caller,
  actor: Actor,
  { faults }: { readonly faults?: readonly Fault[] } = {},
): SubscriptionServices {
  const { now, sleep } = actor.clock;
  const watched = watchTable(world.table, (before, after) => world.ledger.rowChanged(caller, before, after));
  const reads = ['get', 'getAll', 'list'] as const;
  const table = withWriteIds(actor.wrap(watched, 'table', { reads, ...(faults && { faults }) }), world.newId);
  const owners = {
    async of(connection: string) {
      const userGid = world.users.get(connection) ?? connection;
      return { userGid, fingerprint: `1.${userGid}` };
    },
  };
  const services: SubscriptionServices = {
    registry: createRegistry(table, now),
    leases: createLeases(table),
    idempotency: createIdempotencyRecords(table),
    owners: actor.wrap(owners, 'owners', { reads: ['of'], ...(faults && { faults }) }),
    encryptionKeys: world.encryptionKeys,
    asana: asanaFor(world, caller, actor, faults),
    probe: async () => ({}),
    eventRetentionMs: 30 * dayMs,
    now,
    sleep,
    time: timeOf(workMs, now),
    publicBaseUrl: baseUrl,
  };
  return world.plant.services?.(services) ?? services;
}
