import { describe, expect, it } from 'vitest';
import { explore } from './explore.ts';
import { type Actor, type Run, simulate } from './scheduler.ts';
import { careful, careless, createCounter } from './toy.ts';
import type { Fault } from './trace.ts';

const runs = 300;

describe('the order of calls', () => {
  it('lets two careless actors lose an update, for some seeds and not for others', async () => {
    const values = new Set<number>();
    await explore(runs, () => {
      const counter = createCounter();
      return {
        actors: { a: careless(counter), b: careless(counter) },
        check: () => void values.add(counter.value),
      };
    });
    expect([...values].sort()).toEqual([1, 2]);
  });

  it('lets no careful actor lose an update', async () => {
    await explore(runs, () => {
      const counter = createCounter();
      const actors = { a: careful(counter), b: careful(counter), c: careful(counter) };
      return { actors, check: () => expect(counter.value).toBe(3) };
    });
  });

  it('is the same for the same seed, and different for others', async () => {
    const traceOf = async (seed: number) => {
      const counter = createCounter();
      const actors = { a: careful(counter), b: careless(counter), c: careful(counter) };
      return (await simulate({ seed, actors, faults: { stall: 0.2, repeat: 0.2 } })).trace;
    };
    const traces = await Promise.all([1, 2, 3, 1, 2, 3].map(traceOf));
    expect(traces.slice(3)).toEqual(traces.slice(0, 3));
    expect(new Set(traces.map(String)).size).toBe(3);
  });

  it('interleaves the calls that one actor makes at the same time', async () => {
    const orders = new Set<string>();
    await explore(50, () => {
      const order: string[] = [];
      const port = { note: async (name: string) => void order.push(name) };
      const both: Run = async (actor) => {
        const wrapped = actor.wrap(port, 'port');
        await Promise.all([wrapped.note('x'), wrapped.note('y')]);
      };
      return { actors: { both }, check: () => void orders.add(order.join()) };
    });
    expect([...orders].sort()).toEqual(['x,y', 'y,x']);
  });
});

describe('a fault', () => {
  /** Adds 1 twice, and notes what the actor sees. The second call has the fault. */
  async function withFault(fault: Fault) {
    const counter = createCounter();
    const seen: unknown[] = [];
    const add: Run = async (actor) => {
      const { swap } = actor.wrap(counter, 'counter');
      try {
        seen.push(await swap(0, 1));
        seen.push(await swap(1, 2));
        seen.push(`ends after ${actor.clock.now().getTime() - startMs} ms`);
      } catch (error) {
        seen.push((error as Error).name);
        throw error;
      } finally {
        seen.push('finally');
      }
    };
    const startAt = new Date('2026-01-01T00:00:00.000Z');
    const startMs = startAt.getTime();
    const plan = [{ actor: 'add', nth: 2, fault }];
    const result = await simulate({ seed: 1, actors: { add }, plan, startAt, stallMs: 5_000 });
    return { value: counter.value, seen, status: result.outcomes.add?.status };
  }

  it.each<[Fault, object]>([
    ['crash', { value: 1, seen: [true], status: 'crashed' }],
    ['crash after', { value: 2, seen: [true], status: 'crashed' }],
    ['repeat', { value: 2, seen: [true, false, 'ends after 0 ms', 'finally'], status: 'done' }],
    ['lose', { value: 2, seen: [true, 'StorageUnavailable', 'finally'], status: 'failed' }],
    ['fail', { value: 1, seen: [true, 'StorageUnavailable', 'finally'], status: 'failed' }],
    ['stall', { value: 2, seen: [true, true, 'ends after 5000 ms', 'finally'], status: 'done' }],
  ])('%s has its effect on the port and on the actor', async (fault, expected) => {
    expect(await withFault(fault)).toEqual(expected);
  });

  it('happens with its probability, not more often than allowed, and never repeats a read', async () => {
    const explored = await explore(runs, () => {
      const counter = createCounter();
      const faults = { crash: 0.02, 'crash after': 0.02, repeat: 0.05, lose: 0.02, fail: 0.02, stall: 0.02 };
      return {
        actors: { a: careful(counter), b: careful(counter), c: careful(counter) },
        faults,
        maxFaults: 2,
        check({ steps, outcomes }) {
          expect(steps.filter(({ fault }) => fault !== undefined).length).toBeLessThanOrEqual(2);
          expect(steps.some(({ call, isRepetition }) => call === 'counter.read' && isRepetition)).toBe(false);
          const statuses = Object.values(outcomes).map(({ status }) => status);
          expect(statuses).not.toContain('stuck');
        },
      };
    });
    expect(Object.keys(explored.faults).sort()).toEqual([
      'crash',
      'crash after',
      'fail',
      'lose',
      'repeat',
      'stall',
    ]);
  });

  it('between the two effects of a repetition lets other actors go on', async () => {
    const between = new Set<boolean>();
    await explore(100, () => {
      const counter = createCounter();
      return {
        actors: { a: careless(counter), b: careless(counter) },
        faults: { repeat: 0.5 },
        maxFaults: 1,
        check({ steps }) {
          const at = steps.findIndex(({ isRepetition }) => isRepetition);
          if (at > 0) between.add(steps[at - 1]?.actor !== steps[at]?.actor);
        },
      };
    });
    expect(between.has(true)).toBe(true);
  });

  it('has the error that the port declares', async () => {
    const counter = createCounter();
    const read: Run = (actor) =>
      actor.wrap(counter, 'asana', { unavailable: (call) => new Error(`no ${call}`) }).read();
    const plan = [{ actor: 'read', nth: 1, fault: 'fail' as const }];
    const { outcomes } = await simulate({ seed: 1, actors: { read }, plan });
    expect(outcomes.read).toEqual({ status: 'failed', error: new Error('no asana.read') });
  });
});

describe('time', () => {
  it('goes to the next timer when every actor waits', async () => {
    const seen: string[] = [];
    const sleeper =
      (name: string, ms: number): Run =>
      async ({ clock }) => {
        await clock.sleep(ms);
        seen.push(`${name} ${clock.now().toISOString()}`);
      };
    const actors = { slow: sleeper('slow', 86_400_000), quick: sleeper('quick', 1_000) };
    await simulate({ seed: 1, actors, startAt: new Date('2026-01-01T00:00:00.000Z') });
    expect(seen).toEqual(['quick 2026-01-01T00:00:01.000Z', 'slow 2026-01-02T00:00:00.000Z']);
  });

  it('passes during calls if the simulation is slow', async () => {
    const late = new Set<boolean>();
    await explore(50, () => {
      const counter = createCounter();
      const act: Run = async (actor) => {
        const signal = actor.clock.timeout(1_000);
        await careless(counter)(actor);
        late.add(signal.aborted);
      };
      return { actors: { act }, slowness: 0.2, check: () => undefined };
    });
    expect([...late].sort()).toEqual([false, true]);
  });

  it('does not wake an actor that has crashed, and does not wait for its timers', async () => {
    const counter = createCounter();
    const act: Run = async (actor) => {
      actor.clock.schedule(1_000, () => void counter.write(99));
      await careless(counter)(actor);
    };
    const plan = [{ actor: 'act', nth: 2, fault: 'crash' as const }];
    const { steps } = await simulate({ seed: 1, actors: { act }, plan });
    expect([counter.value, steps.at(-1)?.atMs]).toEqual([0, 0]);
  });
});

describe('an actor', () => {
  it('can start others, and sees how they end', async () => {
    const counter = createCounter();
    const seen: string[] = [];
    const caller = async (actor: Actor) => {
      for (;;) {
        const { status } = await actor.spawn('invocation', careful(counter));
        seen.push(status);
        if (status === 'done') return;
      }
    };
    const plan = [
      { actor: 'invocation', nth: 2, fault: 'crash' as const },
      { actor: 'invocation #2', nth: 1, fault: 'fail' as const },
    ];
    await simulate({ seed: 1, actors: { caller }, plan });
    expect([counter.value, ...seen]).toEqual([1, 'crashed', 'failed', 'done']);
  });

  it('that waits for nothing is stuck, and one that never ends is reported', async () => {
    const { outcomes } = await simulate({ seed: 1, actors: { a: () => new Promise(() => undefined) } });
    expect(outcomes).toEqual({ a: { status: 'stuck' } });
    const forever: Run = async ({ clock }) => {
      for (;;) await clock.sleep(1);
    };
    await expect(simulate({ seed: 1, actors: { forever }, maxSteps: 20 })).rejects.toThrow('20 steps');
  });

  it('that fails a check is reported with its seed and its steps', async () => {
    const failing = explore(runs, () => {
      const counter = createCounter();
      return {
        actors: { a: careless(counter), b: careless(counter) },
        check: () => expect(counter.value).toBe(2),
      };
    });
    const message = await failing.then(String, (error: Error) => error.message);
    expect(message).toMatch(/^Seed \d+: /);
    expect(message).toContain('0 ms: a counter.read () → 0');
    expect(message).toContain('0 ms: b counter.write (1) → undefined');
  });
});
