import type { Clock } from './clock.ts';

/** The time that is left for some work. */
export interface TimeBudget {
  /** When the work must be finished. */
  readonly endsAt: Date;
  /** The milliseconds that are left, never below 0. */
  leftMs(): number;
  /** Whether no more than `neededMs` milliseconds are left. The default is 0. */
  isUp(neededMs?: number): boolean;
  /** The same budget without its last `ms` milliseconds, which are reserved for the steps after the work. */
  keep(ms: number): TimeBudget;
}

/** A budget that ends at a given time. */
export function timeUntil(endsAt: Date, now: Clock): TimeBudget {
  const leftMs = () => endsAt.getTime() - now().getTime();
  return {
    endsAt,
    leftMs: () => Math.max(0, leftMs()),
    isUp: (neededMs = 0) => leftMs() <= neededMs,
    keep: (ms) => timeUntil(new Date(endsAt.getTime() - ms), now),
  };
}

/** A budget of `ms` milliseconds from now. */
export function timeOf(ms: number, now: Clock): TimeBudget {
  return timeUntil(new Date(now().getTime() + ms), now);
}
