import { failureOf } from '../explore.ts';
import { simulate } from '../scheduler.ts';
import { interleaving, type Seen } from './interleaving.ts';
import type { Plant } from './plants.ts';
import { withSeededIds } from './seeded-ids.ts';

/** What a number of interleavings contained and broke. */
export interface Report {
  readonly runs: number;
  readonly steps: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly seen: Seen;
  /** The failures, each with its seed and its steps. */
  readonly failures: readonly { readonly seed: number; readonly message: string }[];
}

export interface RunOptions {
  readonly first: number;
  readonly count: number;
  readonly plant?: Plant;
  /** Stops after so many failures. @default 3 */
  readonly maxFailures?: number;
  readonly progress?: (done: number) => void;
}

/** Runs interleavings with seeds from `first`. */
export async function runInterleavings({
  first,
  count,
  plant,
  maxFailures = 3,
  progress,
}: RunOptions): Promise<Report> {
  const faults: Record<string, number> = {};
  const failures: { seed: number; message: string }[] = [];
  const seen: Seen = { calls: 0, succeeded: 0, takeovers: 0, forgeries: 0, removedByAsana: 0 };
  let [runs, steps] = [0, 0];
  for (let seed = first; seed < first + count && failures.length < maxFailures; seed += 1) {
    await withSeededIds(seed, async () => {
      const { check, ...scenario } = interleaving(seed, plant, seen);
      const result = await simulate({ ...scenario, seed });
      try {
        await check(result);
      } catch (error) {
        failures.push({ seed, message: failureOf(result, error) });
      }
      steps += result.steps.length;
      for (const { fault } of result.steps) if (fault !== undefined) faults[fault] = (faults[fault] ?? 0) + 1;
    });
    runs += 1;
    progress?.(runs);
  }
  return { runs, steps, faults, seen, failures };
}
