import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../local/aws/listen.ts';
import { createTestClock, type TestClock } from './clock.ts';

const startMs = Date.parse('2026-11-23T10:00:00.000Z');
const hourMs = 3_600_000;

let clock: TestClock;
beforeEach(() => {
  clock = createTestClock(new Date(startMs));
});
afterEach(() => clock.stop());

const passedMs = () => clock.now().getTime() - startMs;
/** Keeps this process idle for longer than the clock needs to notice. */
const nothingHappens = () => new Promise((resolve) => setTimeout(resolve, 50));

describe('sleep()', () => {
  it('jumps to the end of the sleep, even after 1,000 hours', async () => {
    await clock.sleep(1_000 * hourMs);
    expect(passedMs()).toBe(1_000 * hourMs);
  });

  it('wakes many sleepers in the order of their times, each at its own time', async () => {
    const woken: (readonly [number, number])[] = [];
    const pauses = Array.from({ length: 200 }, (_, index) => ((index * 37) % 100) + 1);
    await Promise.all(pauses.map((ms) => clock.sleep(ms).then(() => woken.push([ms, passedMs()]))));
    expect(woken).toEqual([...pauses].sort((a, b) => a - b).map((ms) => [ms, ms]));
  });

  it('wakes a loop of sleeps at each step', async () => {
    const woken: number[] = [];
    const again = async () => {
      for (;;) {
        await clock.sleep(10);
        woken.push(passedMs());
      }
    };
    void again();
    await clock.sleep(55);
    expect(woken).toEqual([10, 20, 30, 40, 50]);
  });

  it('takes at least a millisecond, so that a loop with pauses of 0 ms moves the clock', async () => {
    await clock.sleep(0);
    await clock.sleep(0.2);
    expect(passedMs()).toBe(2);
  });
});

describe('schedule()', () => {
  it('runs at its time, unless it is cancelled', async () => {
    const ran: number[] = [];
    clock.schedule(10, () => ran.push(passedMs()));
    const takeBack = clock.schedule(20, () => ran.push(passedMs()));
    clock.schedule(15, takeBack);
    await clock.sleep(30);
    takeBack();
    expect(ran).toEqual([10]);
  });

  it('moves the clock without a sleep', async () => {
    expect(await new Promise((resolve) => clock.schedule(hourMs, () => resolve(passedMs())))).toBe(hourMs);
  });
});

describe('timeout()', () => {
  it('aborts as AbortSignal.timeout() does', async () => {
    const signal = clock.timeout(10);
    await clock.sleep(9);
    expect(signal.aborted).toBe(false);
    await clock.sleep(1);
    const real = AbortSignal.timeout(1);
    await new Promise((resolve) => real.addEventListener('abort', resolve));
    expect(signal.reason).toBeInstanceOf(DOMException);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError', message: real.reason.message });
  });

  it('does not move the clock by itself, because it cannot be cancelled', async () => {
    clock.timeout(10);
    await nothingHappens();
    expect(passedMs()).toBe(0);
  });
});

describe('the clock stands still', () => {
  let server: Listening;
  let handle: (answer: () => void) => void;
  beforeEach(async () => {
    server = await listen(
      createServer((_, response) => handle(() => response.end('done'))),
      0,
    );
  });
  afterEach(() => server.close());

  it('while nothing sleeps', async () => {
    await nothingHappens();
    expect(passedMs()).toBe(0);
  });

  it('while requests run one after the other', async () => {
    handle = (answer) => answer();
    const timer = clock.schedule(hourMs, () => undefined);
    for (let index = 0; index < 100; index += 1) await (await fetch(server.url)).text();
    expect(passedMs()).toBe(0);
    timer();
  });

  it('while the process works without any network traffic', async () => {
    const turns = (left: number, answer: () => void) => {
      if (left === 0) answer();
      else setImmediate(() => turns(left - 1, answer));
    };
    handle = (answer) => turns(20_000, answer);
    const timer = clock.schedule(hourMs, () => undefined);
    await fetch(server.url);
    expect(passedMs()).toBe(0);
    timer();
  });

  it('but not for a request without an answer, so that the timeout of the request fires', async () => {
    handle = () => undefined;
    const giveUp = clock.schedule(hourMs, () => undefined);
    await expect(fetch(server.url, { signal: clock.timeout(10_000) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(passedMs()).toBe(10_000);
    giveUp();
  });
});

describe('until()', () => {
  it('waits until the condition is true', async () => {
    await clock.until(() => passedMs() >= 100);
    expect(passedMs()).toBe(100);
  });

  it('throws if the condition is not true in time', async () => {
    await expect(clock.until(() => passedMs() > 100, 100)).rejects.toThrow('did not come true within 100 ms');
  });
});

describe("the simulator's clock", () => {
  it('shows the same time as the test clock', async () => {
    await clock.simulator.advance(hourMs);
    expect(passedMs()).toBe(hourMs);
    expect(clock.simulator.now()).toEqual(clock.now());
  });

  it('runs tasks during a jump, each at its time, and recurring tasks do not move it', async () => {
    const at: number[] = [];
    const heartbeat = () => {
      at.push(passedMs() / hourMs);
      clock.simulator.schedule(clock.now().getTime() + 8 * hourMs, heartbeat);
    };
    heartbeat();
    const takeBack = clock.simulator.schedule(startMs + hourMs, () => void at.push(-1));
    takeBack();
    await clock.simulator.advance(24 * hourMs);
    expect(at).toEqual([0, 8, 16, 24]);
    await nothingHappens();
    expect(passedMs()).toBe(24 * hourMs);
  });

  it('waits for a task that is under way', async () => {
    const signal = () => clock.simulator.timeout(10_000);
    let isDone = false;
    clock.simulator.schedule(startMs + hourMs, async () => {
      const aborted = signal();
      await new Promise((resolve) => aborted.addEventListener('abort', resolve));
      isDone = true;
    });
    await clock.simulator.advance(hourMs);
    expect(isDone).toBe(true);
    expect(passedMs()).toBe(hourMs + 10_000);
  });

  it('continues after a failed task', async () => {
    clock.simulator.schedule(startMs + 10, () => {
      throw new Error('failed');
    });
    await clock.simulator.advance(20);
    await clock.simulator.idle();
    expect(passedMs()).toBe(20);
  });

  it('removes its tasks when the simulator stops, and no sleep', async () => {
    let ran = false;
    clock.simulator.schedule(startMs + 10, () => {
      ran = true;
    });
    const sleeping = clock.sleep(20);
    clock.simulator.stop();
    await sleeping;
    expect(ran).toBe(false);
  });
});
