import type { Clock } from '../../core/clock.ts';
import type { Registry } from '../../core/subscriptions/ports.ts';
import { hooksIn } from './hooks.ts';
import type { RegistryTable } from './registry-table.ts';
import { subscriptionsIn } from './subscriptions.ts';

/** The registry in DynamoDB, with the operations of the management function. */
export function createRegistry(table: RegistryTable, now: Clock): Registry {
  return { ...hooksIn(table), ...subscriptionsIn(table, now) };
}
