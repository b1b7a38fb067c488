import type { Claim, Claims } from '../../core/claims.ts';

/** Idempotency claims in memory. */
export function createMemoryClaims(): Claims {
  const standing = new Map<string, Claim>();
  return {
    async claim(wanted, now, replaces) {
      const claim = standing.get(wanted.id);
      const isFree = !claim || claim.expiresAt <= now || claim.holder === replaces?.holder;
      if (!isFree) return claim;
      standing.set(wanted.id, wanted);
      return undefined;
    },
    async release(claim) {
      if (standing.get(claim.id)?.holder === claim.holder) standing.delete(claim.id);
    },
  };
}
