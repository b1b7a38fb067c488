import { type TimeBudget, timeOf } from '../../core/time-budget.ts';

/** Returns a time budget of five seconds, which no test uses up. */
export function soon(): TimeBudget {
  return timeOf(5_000, () => new Date());
}
