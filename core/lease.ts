import { randomBytes } from 'node:crypto';
import type { Clock, IdempotencyClaim, IdempotencyClaims } from './subscriptions/ports.ts';

export interface LeaseServices {
  readonly claims: IdempotencyClaims;
  readonly now: Clock;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** How long somebody waits before looking again. */
const pauseMs = 250;

/**
 * Does something that only one invocation may do at a time, for at most `leaseMs`: whoever dies in the middle stops
 * nobody for longer. Others wait, and look each time whether `isDone` answers something already.
 *
 * Answers nothing where the lease could not be had before `deadline`.
 */
export async function underLease<T>(
  id: string,
  {
    leaseMs,
    deadline,
    isDone,
  }: {
    readonly leaseMs: number;
    readonly deadline: Date;
    readonly isDone: () => Promise<T | undefined>;
  },
  act: () => Promise<T>,
  { claims, now, sleep }: LeaseServices,
): Promise<T | undefined> {
  for (;;) {
    const leaseEndsAt = new Date(now().getTime() + leaseMs);
    const hookKey = randomBytes(16).toString('base64url');
    const lease: IdempotencyClaim = {
      id,
      fingerprint: 'lease',
      hookKey,
      leaseEndsAt,
      expiresAt: leaseEndsAt,
    };
    if ((await claims.claim(lease, now())) === undefined) {
      try {
        return (await isDone()) ?? (await act());
      } finally {
        // What cannot be given up ends by itself.
        await claims.release(lease).catch(() => undefined);
      }
    }
    if (now().getTime() + pauseMs >= deadline.getTime()) return undefined;
    await sleep(pauseMs);
    const done = await isDone();
    if (done !== undefined) return done;
  }
}
