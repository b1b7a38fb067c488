import { describe, expect, it } from 'vitest';
import { plantedFaults } from './plants.ts';
import { runInterleavings } from './run.ts';

const { SIMULATION_SEED, SIMULATION_RUNS } = process.env;

describe('interleavings of calls that create, change and delete webhooks', () => {
  it('break no invariant', async () => {
    const first = Number(SIMULATION_SEED ?? 1);
    const count = SIMULATION_SEED === undefined ? Number(SIMULATION_RUNS ?? 700) : 1;
    const { failures, faults, seen } = await runInterleavings({ first, count });
    expect(failures.map(({ message }) => message).join('\n')).toBe('');
    if (count < 500) return;
    expect(Object.keys(faults).sort()).toEqual(['crash', 'crash after', 'fail', 'lose', 'repeat', 'stall']);
    expect(Object.entries(seen).filter(([, times]) => times === 0)).toEqual([]);
  });

  it('are the same for the same seed', async () => {
    const [one, two] = [
      await runInterleavings({ first: 7, count: 20 }),
      await runInterleavings({ first: 7, count: 20 }),
    ];
    expect(two).toEqual(one);
  });
});

describe('the simulation finds', () => {
  it.each(plantedFaults)('$title', async ({ plant, breaks }) => {
    const { failures } = await runInterleavings({ first: 1, count: 3_000, plant, maxFailures: 1 });
    const [failure] = failures;
    expect(failure?.message).toContain(`Seed ${failure?.seed}: ${breaks}`);
    expect(failure?.message).toContain('Repeat it with SIMULATION_SEED=');
  });
});
