import { StorageUnavailable } from '../../core/errors.ts';
import type { ReceiverRegistry } from '../../core/receiving/ports.ts';
import type { Registry } from '../../core/subscriptions/ports.ts';
import type { Webhook } from '../../core/webhook.ts';

export type MemoryRegistry = ReceiverRegistry & Registry & { readonly rows: Map<string, Webhook> };

/** The registry in memory. The same contract tests check this registry and the registry in DynamoDB. */
export function createMemoryRegistry(): MemoryRegistry {
  const rows = new Map<string, Webhook>();
  const change = (hookKey: string, changed: Partial<Webhook>) => {
    const row = rows.get(hookKey);
    if (row) rows.set(hookKey, { ...row, ...changed });
  };
  return {
    rows,
    find: async (hookKey) => rows.get(hookKey),
    async storeSecret(hookKey, encryptedSecret, now) {
      const webhook = rows.get(hookKey);
      const isOpen = webhook?.status === 'registering' && webhook.windowClosesAt > now;
      const hasOther = webhook?.encryptedSecret !== undefined && webhook.encryptedSecret !== encryptedSecret;
      if (!isOpen || hasOther) return { stored: false, webhook };
      change(hookKey, { encryptedSecret });
      return { stored: true };
    },
    noteDelivery: async (hookKey, now) => change(hookKey, { lastDeliveryAt: now }),
    findByGid: async (gid) => [...rows.values()].find(({ webhookGid }) => webhookGid === gid),
    findByConnection: async (wanted) => [...rows.values()].filter(({ connection }) => connection === wanted),
    subscriptions: async () => [...new Set([...rows.values()].map(({ subscription }) => subscription))],
    findBySubscription: async (wanted) =>
      [...rows.values()]
        .filter(({ subscription }) => subscription === wanted)
        .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()),
    async add(webhook) {
      if (rows.has(webhook.hookKey)) throw new StorageUnavailable('Could not add a webhook: it exists');
      rows.set(webhook.hookKey, webhook);
    },
    async activate(hookKey, webhookGid) {
      if (rows.get(hookKey)?.status !== 'registering') return false;
      change(hookKey, { status: 'active', webhookGid });
      return true;
    },
    setStatus: async (hookKey, status) => change(hookKey, { status }),
    setFilters: async (hookKey, filters) => change(hookKey, { filters }),
    async remove(hookKey) {
      rows.delete(hookKey);
    },
  };
}
