import { randomBytes } from 'node:crypto';
import type { Claim, Claims } from './claims.ts';
import type { Clock, Sleep } from './clock.ts';
import type { TimeBudget } from './time-budget.ts';

export interface LeaseServices {
  readonly claims: Claims;
  readonly now: Clock;
  readonly sleep: Sleep;
}

/** The pause between two attempts to get the lease. */
const pauseMs = 250;

/**
 * Runs `act` under a lease, so that only one invocation runs it at a time. The lease expires after `leaseMs`,
 * so an invocation that dies does not block the others for longer. The others wait. Before each attempt they
 * call `isDone`, and return its result if there is one.
 *
 * Returns undefined if the lease could not be acquired within `time`.
 */
export async function underLease<T>(
  id: string,
  {
    leaseMs,
    time,
    isDone,
  }: {
    readonly leaseMs: number;
    readonly time: TimeBudget;
    readonly isDone: () => Promise<T | undefined>;
  },
  act: () => Promise<T>,
  { claims, now, sleep }: LeaseServices,
): Promise<T | undefined> {
  for (;;) {
    const leaseEndsAt = new Date(now().getTime() + leaseMs);
    const lease: Claim = {
      id,
      fingerprint: 'lease',
      holder: randomBytes(16).toString('base64url'),
      leaseEndsAt,
      expiresAt: leaseEndsAt,
    };
    if ((await claims.claim(lease, now())) === undefined) {
      try {
        return (await isDone()) ?? (await act());
      } finally {
        // If the release fails, the lease expires by itself.
        await claims.release(lease).catch(() => undefined);
      }
    }
    if (time.isUp(pauseMs)) return undefined;
    await sleep(pauseMs);
    const done = await isDone();
    if (done !== undefined) return done;
  }
}
