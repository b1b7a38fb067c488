import type { IdempotencyClaim, IdempotencyClaims } from '../../core/subscriptions/ports.ts';

/** Idempotency claims in memory. */
export function createMemoryClaims(): IdempotencyClaims {
  const standing = new Map<string, IdempotencyClaim>();
  return {
    async claim(wanted, now, replaces) {
      const claim = standing.get(wanted.id);
      const isFree = !claim || claim.expiresAt <= now || claim.hookKey === replaces?.hookKey;
      if (!isFree) return claim;
      standing.set(wanted.id, wanted);
      return undefined;
    },
    async release(claim) {
      if (standing.get(claim.id)?.hookKey === claim.hookKey) standing.delete(claim.id);
    },
  };
}
