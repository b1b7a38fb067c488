import type { Result, Simulation } from './scheduler.ts';
import { simulate } from './scheduler.ts';
import type { Fault } from './trace.ts';

/** A simulation without its seed, and the check of its result. Each run makes a new one, with new ports. */
export interface Scenario extends Omit<Simulation, 'seed'> {
  /** @throws if the result is wrong */
  check(result: Result): void | Promise<void>;
}

/** What the runs contained, so that a test can assert that its faults happened. */
export interface Explored {
  readonly runs: number;
  readonly steps: number;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
}

/**
 * Runs a scenario with many seeds, from 1. The environment variable SIMULATION_RUNS overrides the number of runs, and
 * SIMULATION_SEED selects a single seed.
 *
 * @throws Error of the first check that fails, with its seed and its steps
 */
export async function explore(runs: number, make: (seed: number) => Scenario): Promise<Explored> {
  const { SIMULATION_RUNS, SIMULATION_SEED } = process.env;
  const first = Number(SIMULATION_SEED ?? 1);
  const count = SIMULATION_SEED === undefined ? Number(SIMULATION_RUNS ?? runs) : 1;
  const faults: Partial<Record<Fault, number>> = {};
  let steps = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const { check, ...scenario } = make(seed);
    const result = await simulate({ ...scenario, seed });
    try {
      await check(result);
    } catch (error) {
      throw new Error(failureOf(result, error), { cause: error });
    }
    steps += result.steps.length;
    for (const { fault } of result.steps) if (fault !== undefined) faults[fault] = (faults[fault] ?? 0) + 1;
  }
  return { runs: count, steps, faults };
}

/** The message of a failed run: its seed, the failure, its steps and how its actors ended. */
export function failureOf(result: Result, error: unknown): string {
  const outcomes = Object.entries(result.outcomes).map(([name, outcome]) =>
    outcome.status === 'failed' ? `${name} failed: ${outcome.error}` : `${name}: ${outcome.status}`,
  );
  return [
    `Seed ${result.seed}: ${error instanceof Error ? error.message : error}`,
    `Repeat it with SIMULATION_SEED=${result.seed}. The steps:`,
    result.print(),
    ...outcomes,
  ].join('\n');
}
