import { hookAt } from '../../../adapters/aws/registry-key.ts';
import type { Hook } from '../../../core/hook.ts';
import type { ReceiverRegistry } from '../../../core/receiving/ports.ts';
import type { AsanaClient, Registry } from '../../../core/subscriptions/ports.ts';
import type { SubscriptionServices } from '../../../core/subscriptions/services.ts';
import type { MemoryTable } from '../../memory/registry-table.ts';

/** A planted fault: services that do not keep their promises. The simulation must find it. */
export interface Plant {
  readonly services?: (services: SubscriptionServices) => SubscriptionServices;
  readonly receiver?: (receiver: ReceiverRegistry, table: MemoryTable) => ReceiverRegistry;
}

/** A fault and the invariant that it breaks. */
export interface PlantedFault {
  readonly title: string;
  readonly breaks: string;
  readonly plant: Plant;
}

export const plantedFaults: readonly PlantedFault[] = [
  {
    title: 'another owner is taken for the owner of the webhook',
    breaks: '(1)',
    plant: {
      services: (services) => ({
        ...services,
        owners: { of: async () => ({ userGid: 'A', fingerprint: '1.A' }) },
      }),
    },
  },
  {
    title: 'an undo that deletes an active hook',
    breaks: '(1)',
    plant: inRegistry((registry) => ({
      transition: (hookKey, from, to, change) =>
        registry.transition(hookKey, to === 'deleted' ? [...from, 'active'] : from, to, change),
    })),
  },
  {
    title: 'an undo that finds nothing at Asana',
    breaks: '(2)',
    plant: atAsana(() => ({ getWebhooks: async () => ({ data: [] }) })),
  },
  {
    title: 'a deletion that is not sent to Asana, and a hook whose row is removed',
    breaks: '(2)',
    plant: atAsana(() => ({ deleteWebhook: async () => ({ data: {} }) })),
  },
  {
    title: 'a name that is not unique',
    breaks: '(4)',
    plant: inRegistry((registry) => ({
      addSubscription: ({ handle: _, ...subscription }, keepUntil) =>
        registry.addSubscription(subscription, keepUntil),
    })),
  },
  {
    title: 'a hook that becomes active from every status',
    breaks: '(5)',
    plant: inRegistry((registry) => ({
      transition: (hookKey, from, to, change) =>
        registry.transition(
          hookKey,
          to === 'active' ? ['registering', 'deleting', 'deleted'] : from,
          to,
          change,
        ),
    })),
  },
  {
    title: 'a second handshake that replaces the secret',
    breaks: '(6)',
    plant: {
      receiver: (receiver, table) => ({
        ...receiver,
        async storeSecret(hookKey, encrypted) {
          const changed = await table.update(hookAt(hookKey), { set: { encryptedSecret: { S: encrypted } } });
          return { stored: changed !== undefined };
        },
      }),
    },
  },
  {
    title: 'a registration that activates the hook before it keeps the subscription',
    breaks: '(7)',
    plant: inRegistry((registry) => {
      const kept = new Map<string, Hook>();
      return {
        async keepSubscription(hook) {
          kept.set(hook.hookKey, hook);
          return true;
        },
        async transition(hookKey, from, to, change) {
          const changed = await registry.transition(hookKey, from, to, change);
          const hook = kept.get(hookKey);
          if (to === 'active' && hook !== undefined) await registry.keepSubscription(hook);
          return changed;
        },
      };
    }),
  },
];

function inRegistry(change: (registry: Registry) => Partial<Registry>): Plant {
  return {
    services: (services) => ({
      ...services,
      registry: { ...services.registry, ...change(services.registry) },
    }),
  };
}

function atAsana(change: (client: AsanaClient) => Partial<AsanaClient>): Plant {
  return {
    services: ({ asana, ...services }) => ({
      ...services,
      asana: (connection) => ({ ...asana(connection), ...change(asana(connection)) }),
    }),
  };
}
