import { performance } from 'node:perf_hooks';
import type { Platform } from '../functions/runtime/platform.ts';
import type { SimulatorClock } from '../local/asana-simulator/clock.ts';

/** A time that stands still while this process works, and jumps to the next timer when the process only waits. */
export interface TestClock extends Pick<Platform, 'now' | 'sleep' | 'timeout'> {
  /** Calls `run` after `ms`. The clock jumps for this timer, unless the timer is only due `onTheWay`. */
  schedule(ms: number, run: () => void, how?: { readonly onTheWay: boolean }): () => void;
  /** The same clock for the simulated Asana. */
  readonly simulator: SimulatorClock;
  /** Checks a condition every 20 ms of this clock. @throws Error when it does not become true within the time */
  until(isTrue: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>;
  /** Removes every timer: none fires any more. */
  stop(): void;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  /** Whether time jumps because of this timer. */
  readonly moves: boolean;
  readonly run: () => void;
}

/** How many checks in a row must find that this process did nothing. */
const quietChecks = 3;
const checkEveryMs = 1;

/**
 * Creates a clock for tests in which the functions, the services and the simulated Asana all run in this process.
 *
 * When time jumps: libuv counts the events of sockets, files and threads that this process handles, and Node.js counts
 * how long its event loop sleeps. When three checks, a millisecond apart, find no event and a loop that slept, all code
 * waits. A request that gets no answer is no event, so its timeout can fire. Real timers are not counted: code that
 * waits for a real timer of more than a millisecond must not run on this clock.
 *
 * Which timers make it jump: those of `sleep` and `schedule`, since they end or are cancelled when they are no longer
 * needed; and a task of the simulator that is under way. A `timeout` cannot be cancelled, and a task of the simulator
 * may plan the next one for ever, as heartbeats do. Both fire at their moment when time passes it, but time does not
 * jump because of them. So time cannot run away while a test waits for something that never happens.
 */
export function createTestClock(startAt = new Date()): TestClock {
  const timers = new Set<Timer>();
  const tasksOfSimulator = new Set<Timer>();
  const underWay = new Set<Promise<void>>();
  let nowMs = startAt.getTime();
  let order = 0;
  let movers = 0;
  let isChecking = false;

  function add(ms: number, run: () => void, { moves }: Pick<Timer, 'moves'>): Timer {
    order += 1;
    const timer = { dueMs: nowMs + Math.max(1, Math.ceil(ms)), order, moves, run };
    timers.add(timer);
    if (moves) movers += 1;
    check();
    return timer;
  }

  function remove(timer: Timer): void {
    if (timers.delete(timer) && timer.moves) movers -= 1;
  }

  /** Goes to the earliest due time, and runs every timer of that time. */
  function jump(): void {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const timer of timers) dueMs = Math.min(dueMs, timer.dueMs);
    const due = [...timers].filter((timer) => timer.dueMs === dueMs);
    if (due.length > 0) nowMs = dueMs;
    for (const timer of due.sort((a, b) => a.order - b.order)) {
      // A timer that ran before may have cancelled this one.
      if (!timers.has(timer)) continue;
      remove(timer);
      timer.run();
    }
  }

  /** Checks what the process does, as long as there is a reason to jump. */
  function check(): void {
    if (isChecking) return;
    isChecking = true;
    let quiet = 0;
    let before = activity();
    const next = () => {
      if (movers + underWay.size === 0) {
        isChecking = false;
        return;
      }
      const after = activity();
      quiet = isQuiet(before, after) ? quiet + 1 : 0;
      before = after;
      if (quiet === quietChecks) {
        quiet = 0;
        jump();
      }
      setTimeout(next, checkEveryMs);
    };
    setTimeout(next, checkEveryMs);
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
          check();
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

/** The activity of the process so far. */
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
