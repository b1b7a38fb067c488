import { randomBytes } from 'node:crypto';
import type { Clock, Sleep } from './clock.ts';
import { type TimeBudget, timeUntil } from './time-budget.ts';

/** The right of one holder to do some work until a time. */
export interface Lease {
  /** Names the work, for example `ensure/default/1208000000000001`. */
  readonly name: string;
  /** A random token that only the holder knows. */
  readonly holder: string;
  readonly endsAt: Date;
  /** Increases each time the lease is acquired. A row that stores it refuses the writes of earlier holders. */
  readonly epoch: number;
}

/** Stores leases. Storage failures throw StorageUnavailable. */
export interface Leases {
  /**
   * Acquires a lease in one conditional write. Returns undefined while another holder has it. The same holder
   * acquires it again with the same epoch, so a write whose answer was lost can be repeated.
   */
  acquire(wanted: Omit<Lease, 'epoch'>, now: Date): Promise<Lease | undefined>;
  /** Ends a lease early. Does nothing if another holder has acquired it since. */
  release(lease: Lease, now: Date): Promise<void>;
}

export interface LeaseServices {
  readonly leases: Leases;
  readonly now: Clock;
  readonly sleep: Sleep;
}

/** A lease that is held, and the time that is left of it. The work must stop before that time is up. */
export type HeldLease = Lease & { readonly time: TimeBudget };

/** The pause between two attempts to get the lease. */
const pauseMs = 250;

/**
 * Runs `act` under a lease, so that only one invocation runs it at a time. The lease expires after `leaseMs`,
 * so an invocation that dies does not block the others for longer. The others wait. They call `isDone`, if it is
 * given, before each attempt and before they act, and return its result if there is one.
 *
 * Returns undefined if the lease could not be acquired within `time`.
 */
export async function underLease<T>(
  name: string,
  {
    leaseMs,
    time,
    isDone,
  }: {
    readonly leaseMs: number;
    readonly time: TimeBudget;
    readonly isDone?: () => Promise<T | undefined>;
  },
  act: (lease: HeldLease) => Promise<T>,
  services: LeaseServices,
): Promise<T | undefined> {
  const { now, sleep } = services;
  for (;;) {
    const holder = randomBytes(16).toString('base64url');
    const endsAt = new Date(now().getTime() + leaseMs);
    const lease = await services.leases.acquire({ name, holder, endsAt }, now());
    if (lease !== undefined) {
      return holding(lease, async (held) => (await isDone?.()) ?? (await act(held)), services);
    }
    if (time.isUp(pauseMs)) return undefined;
    await sleep(pauseMs);
    const done = await isDone?.();
    if (done !== undefined) return done;
  }
}

async function holding<T>(
  lease: Lease,
  act: (lease: HeldLease) => Promise<T>,
  { leases, now }: LeaseServices,
): Promise<T> {
  try {
    return await act({ ...lease, time: timeUntil(lease.endsAt, now) });
  } finally {
    // If the release fails, the lease expires by itself.
    await leases.release(lease, now()).catch(() => undefined);
  }
}
