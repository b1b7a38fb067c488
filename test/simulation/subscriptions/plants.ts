import type { ReceiverRegistry } from '../../../core/receiving/ports.ts';
import type { SubscriptionServices } from '../../../core/subscriptions/services.ts';
import type { MemoryTable } from '../../memory/registry-table.ts';

/** A planted fault: services that do not keep their promises. */
export interface Plant {
  readonly services?: (services: SubscriptionServices) => SubscriptionServices;
  readonly receiver?: (receiver: ReceiverRegistry, table: MemoryTable) => ReceiverRegistry;
}
