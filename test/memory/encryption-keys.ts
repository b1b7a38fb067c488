import type { EncryptionKey, EncryptionKeys } from '../../core/hook-secret.ts';

export const encryptionKey: EncryptionKey = {
  version: '1',
  material: 'Vt3kP0q9ZbW7uYx2LmN8cRfD5sGhJ1aE4oQi6UyTzXvB',
};

/** An encryption key in memory. */
export function createMemoryEncryptionKeys(key: EncryptionKey = encryptionKey): EncryptionKeys {
  return { current: async () => key, version: async () => key };
}
