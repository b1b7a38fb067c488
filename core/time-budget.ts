import type { Clock } from './clock.ts';

/** The time that is left for some work. */
export interface TimeBudget {
  /** When the work must be over. */
  readonly endsAt: Date;
  /** Milliseconds that are left, never below 0. */
  leftMs(): number;
  /** Whether `neededMs` more cannot be spent. */
  isUp(neededMs?: number): boolean;
  /** The same budget without its last `ms`, which are kept for what comes after the work. */
  keep(ms: number): TimeBudget;
}

/** A budget that ends at a moment. */
export function timeUntil(endsAt: Date, now: Clock): TimeBudget {
  const leftMs = () => endsAt.getTime() - now().getTime();
  return {
    endsAt,
    leftMs: () => Math.max(0, leftMs()),
    isUp: (neededMs = 0) => leftMs() <= neededMs,
    keep: (ms) => timeUntil(new Date(endsAt.getTime() - ms), now),
  };
}

/** A budget of so many milliseconds from now. */
export function timeOf(ms: number, now: Clock): TimeBudget {
  return timeUntil(new Date(now().getTime() + ms), now);
}
