import type { SealingKey } from '../../core/hook-secret.ts';
import type { SealingKeys } from '../../core/subscriptions/ports.ts';

export const sealingKey: SealingKey = {
  version: '1',
  material: 'Vt3kP0q9ZbW7uYx2LmN8cRfD5sGhJ1aE4oQi6UyTzXvB',
};

/** A sealing key in memory. */
export function createMemorySealingKeys(key: SealingKey = sealingKey): SealingKeys {
  return { current: async () => key, version: async () => key };
}
