import { type TimeBudget, timeOf } from '../../core/time-budget.ts';

/** Seconds that nothing here uses up. */
export function soon(): TimeBudget {
  return timeOf(5_000, () => new Date());
}
