import { beforeEach, describe, expect, it } from 'vitest';
import { createPace } from '../../../adapters/asana/pace.ts';

let time: number;
/** The sleeping calls, each with the end of its sleep. */
let sleepers: { readonly until: number; readonly wake: () => void }[];
beforeEach(() => {
  time = 0;
  sleepers = [];
});

const clock = {
  now: () => new Date(time),
  sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ until: time + ms, wake })),
};

/** Moves the clock forward as long as a call sleeps. */
async function run<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  void work.finally(() => {
    isDone = true;
  });
  for (;;) {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    const next = sleepers.sort((a, b) => a.until - b.until).shift();
    if (isDone && next === undefined) return work;
    if (next === undefined) throw new Error('everybody waits for ever');
    time = Math.max(time, next.until);
    next.wake();
  }
}

describe('a pace', () => {
  it.each([60, 150, 1_500])('lets %i calls through per minute, evenly spaced', async (perMinute) => {
    const pace = createPace(perMinute, clock);
    const at: number[] = [];
    const call = async () => {
      const leave = await pace.enter('GET');
      at.push(time);
      leave();
    };
    await run(Promise.all(Array.from({ length: 200 }, call)));
    const spacing = 60_000 / perMinute;
    for (const [index, moment] of at.entries()) expect(moment).toBeCloseTo(index * spacing, 3);
  });

  it('does not save up unused calls', async () => {
    const pace = createPace(60, clock);
    (await pace.enter('GET'))();
    time = 3_600_000;
    const at: number[] = [];
    const call = async () => {
      (await pace.enter('GET'))();
      at.push(time);
    };
    await run(Promise.all([call(), call(), call()]));
    expect(at).toEqual([3_600_000, 3_601_000, 3_602_000]);
  });

  it.each([
    ['POST', 15],
    ['DELETE', 15],
    ['GET', 50],
  ])('allows no more concurrent %s calls than Asana accepts (%i)', async (method, limit) => {
    const pace = createPace(1_000_000, clock);
    let underWay = 0;
    let most = 0;
    const call = async () => {
      const leave = await pace.enter(method);
      underWay += 1;
      most = Math.max(most, underWay);
      await clock.sleep(1_000);
      underWay -= 1;
      leave();
    };
    await run(Promise.all(Array.from({ length: 120 }, call)));
    expect(most).toBe(limit);
  });

  it('lets reads through while writes wait for their turn', async () => {
    const pace = createPace(1_000_000, clock);
    const writes = Array.from({ length: 16 }, () => pace.enter('POST'));
    await run(Promise.all(writes.slice(0, 15)));
    await run(pace.enter('GET'));
    const [first] = await Promise.all(writes.slice(0, 1));
    first?.();
    await run(Promise.resolve(writes[15]));
  });
});
