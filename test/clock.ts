import { performance } from 'node:perf_hooks';
import type { Platform } from '../functions/runtime/platform.ts';
import type { SimulatorClock } from '../local/asana-simulator/clock.ts';

/** A time that stands still while work is done, and jumps to what is waited for when nothing is done any more. */
export interface TestClock extends Pick<Platform, 'now' | 'sleep' | 'timeout'> {
  /** Runs something at its time. Time passes because of it, unless it only falls due `onTheWay`. */
  schedule(ms: number, run: () => void, how?: { readonly onTheWay: boolean }): () => void;
  /** The same time for the simulated Asana. */
  readonly simulator: SimulatorClock;
  /** Looks every 20 ms of this time. @throws Error when it is not true in time */
  until(isTrue: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>;
  /** Forgets everything that is waited for, so that it never happens. */
  stop(): void;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  /** Whether time may jump because of this timer. */
  readonly moves: boolean;
  readonly run: () => void;
}

/** So many looks in a row must find that this process did nothing. */
const quietLooks = 3;
const lookEveryMs = 1;

/**
 * Makes a clock for tests in which the functions, the services and the simulated Asana all run in this process.
 *
 * When time jumps: libuv counts the events of sockets, files and threads that the process handled, and how long it
 * slept for want of work. When it handled none in three looks, a millisecond apart, and slept most of that time, all
 * work has come to a point where it waits. A request that never gets an answer is such a point, so it does not stop
 * time, and its timeout can fire. A real timer is not seen: what waits for one must not run on this clock.
 *
 * What makes it jump: a `sleep` and what was given to `schedule`, since both end or are taken back when they are no
 * longer needed; and a task of the simulator that is under way. A `timeout` cannot be taken back, and a task of the
 * simulator may plan the next one for ever, as heartbeats do. Both fall due on the way of a jump, each at its moment,
 * but cause none. So time cannot run away while a test waits for what never comes.
 */
export function createTestClock(startAt = new Date()): TestClock {
  const timers = new Set<Timer>();
  const tasksOfSimulator = new Set<Timer>();
  const underWay = new Set<Promise<void>>();
  let nowMs = startAt.getTime();
  let order = 0;
  let movers = 0;
  let isLooking = false;

  function add(ms: number, run: () => void, { moves }: Pick<Timer, 'moves'>): Timer {
    order += 1;
    const timer = { dueMs: nowMs + Math.max(1, Math.ceil(ms)), order, moves, run };
    timers.add(timer);
    if (moves) movers += 1;
    look();
    return timer;
  }

  function remove(timer: Timer): void {
    if (timers.delete(timer) && timer.moves) movers -= 1;
  }

  /** Goes to the first moment at which something is due, and does all that is due then. */
  function jump(): void {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const timer of timers) dueMs = Math.min(dueMs, timer.dueMs);
    const due = [...timers].filter((timer) => timer.dueMs === dueMs);
    if (due.length > 0) nowMs = dueMs;
    for (const timer of due.sort((a, b) => a.order - b.order)) {
      // What ran before it may have taken it back.
      if (!timers.has(timer)) continue;
      remove(timer);
      timer.run();
    }
  }

  /** Looks at what the process does, for as long as something moves this clock. */
  function look(): void {
    if (isLooking) return;
    isLooking = true;
    let quiet = 0;
    let before = activity();
    const next = () => {
      if (movers + underWay.size === 0) {
        isLooking = false;
        return;
      }
      const after = activity();
      quiet = isQuiet(before, after) ? quiet + 1 : 0;
      before = after;
      if (quiet === quietLooks) {
        quiet = 0;
        jump();
      }
      setTimeout(next, lookEveryMs);
    };
    setTimeout(next, lookEveryMs);
  }

  const sleep = (ms: number) => new Promise<void>((resolve) => add(ms, resolve, { moves: true }));

  function timeout(ms: number): AbortSignal {
    const controller = new AbortController();
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    add(ms, () => controller.abort(reason), { moves: false });
    return controller.signal;
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  return {
    now: () => new Date(nowMs),
    sleep,
    timeout,
    schedule(ms, run, { onTheWay } = { onTheWay: false }) {
      const timer = add(ms, run, { moves: !onTheWay });
      return () => remove(timer);
    },
    async until(isTrue, withinMs = 60_000) {
      const endMs = nowMs + withinMs;
      while (!(await isTrue())) {
        if (nowMs >= endMs) throw new Error(`It did not come true within ${withinMs} ms`);
        await sleep(20);
      }
    },
    stop() {
      timers.clear();
      movers = 0;
    },
    simulator: {
      now: () => new Date(nowMs),
      sleep,
      timeout,
      schedule(atMs, run) {
        const start = () => {
          tasksOfSimulator.delete(timer);
          const task = Promise.resolve()
            .then(run)
            .catch(() => undefined)
            .finally(() => underWay.delete(task));
          underWay.add(task);
          look();
        };
        const timer = add(atMs - nowMs, start, { moves: false });
        tasksOfSimulator.add(timer);
        return () => {
          tasksOfSimulator.delete(timer);
          remove(timer);
        };
      },
      async advance(ms) {
        await sleep(ms);
        await idle();
      },
      idle,
      stop() {
        for (const timer of tasksOfSimulator) remove(timer);
        tasksOfSimulator.clear();
      },
    },
  };
}

/** What the process has done so far. */
interface Activity {
  readonly events: number;
  readonly idleMs: number;
  readonly activeMs: number;
}

function activity(): Activity {
  const { idle, active } = performance.eventLoopUtilization();
  return { events: performance.nodeTiming.uvMetricsInfo.events, idleMs: idle, activeMs: active };
}

function isQuiet(before: Activity, after: Activity): boolean {
  return (
    after.events === before.events && after.idleMs - before.idleMs > (after.activeMs - before.activeMs) * 2
  );
}
