import { randomBytes } from 'node:crypto';
import type { Claim, Claims } from './claims.ts';
import type { Clock, Sleep } from './clock.ts';
import type { TimeBudget } from './time-budget.ts';

export interface LeaseServices {
  readonly claims: Claims;
  readonly now: Clock;
  readonly sleep: Sleep;
}

/** How long somebody waits before looking again. */
const pauseMs = 250;

/**
 * Does something that only one invocation may do at a time, for at most `leaseMs`: whoever dies in the middle stops
 * nobody for longer. Others wait, and look each time whether `isDone` answers something already.
 *
 * Answers nothing where the lease could not be had within `time`.
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
        // What cannot be given up ends by itself.
        await claims.release(lease).catch(() => undefined);
      }
    }
    if (time.isUp(pauseMs)) return undefined;
    await sleep(pauseMs);
    const done = await isDone();
    if (done !== undefined) return done;
  }
}
