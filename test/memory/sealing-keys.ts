import type { SealingKeys } from '../../functions/domain/ports.ts';
import type { SealingKey } from '../../functions/domain/sealing.ts';

export const sealingKey: SealingKey = {
  version: '1',
  material: 'Vt3kP0q9ZbW7uYx2LmN8cRfD5sGhJ1aE4oQi6UyTzXvB',
};

/** A sealing key in memory. */
export function createMemorySealingKeys(key: SealingKey = sealingKey): SealingKeys {
  return { current: async () => key, version: async () => key };
}
