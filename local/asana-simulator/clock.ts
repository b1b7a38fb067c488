import { setTimeout as sleep } from 'node:timers/promises';

/** A function that runs at a given simulator time. */
interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => Promise<void> | void;
}

/** The simulator's clock. Tests can move it forward. */
export interface SimulatorClock {
  now(): Date;
  /** Runs a task when the clock reaches `atMs`. Returns a function that cancels the task. */
  schedule(atMs: number, run: () => Promise<void> | void): () => void;
  /** Delays an answer. */
  sleep(ms: number): Promise<unknown>;
  /** Returns a signal that aborts if a target does not answer within `ms`. */
  timeout(ms: number): AbortSignal;
  /** Moves time forward. Runs each task that becomes due at its own time, and waits until the task ends. */
  advance(ms: number): Promise<void>;
  /** Waits for the running tasks. */
  idle(): Promise<void>;
  stop(): void;
}

/**
 * Creates a clock that follows the wall clock and can also be moved forward. A `manual` clock stands still until it is
 * moved. With both kinds of clock, delaying an answer and waiting for a target take real time.
 */
export function createClock({
  manual = false,
  startAt = new Date(),
}: {
  readonly manual?: boolean;
  readonly startAt?: Date;
} = {}): SimulatorClock {
  const tasks = new Set<Task>();
  const underWay = new Set<Promise<void>>();
  const startedAt = Date.now();
  let movedMs = 0;
  let order = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const nowMs = () => startAt.getTime() + movedMs + (manual ? 0 : Date.now() - startedAt);

  function next(untilMs: number): Task | undefined {
    const due = [...tasks].filter((task) => task.atMs <= untilMs);
    return due.sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }

  function start(task: Task): Promise<void> {
    tasks.delete(task);
    const running = Promise.resolve(task.run()).catch(() => undefined);
    underWay.add(running);
    void running.then(() => underWay.delete(running));
    return running;
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  /** Sets a timer for the next task. */
  function arm(): void {
    clearTimeout(timer);
    if (manual || stopped || tasks.size === 0) return;
    const earliest = Math.min(...[...tasks].map(({ atMs }) => atMs));
    // The longest delay of a timer is 2^31 - 1 ms.
    const waitMs = Math.min(Math.max(0, earliest - nowMs()), 2 ** 31 - 1);
    timer = setTimeout(() => {
      for (let task = next(nowMs()); task; task = next(nowMs())) void start(task);
      arm();
    }, waitMs);
    timer.unref();
  }

  return {
    now: () => new Date(nowMs()),
    schedule(atMs, run) {
      order += 1;
      const task = { atMs, order, run };
      tasks.add(task);
      arm();
      return () => {
        tasks.delete(task);
      };
    },
    sleep,
    timeout: (ms) => AbortSignal.timeout(ms),
    async advance(ms) {
      // A running task started before this move. If it has not ended, later tasks would do nothing.
      await idle();
      const untilMs = nowMs() + ms;
      for (let task = next(untilMs); task && !stopped; task = next(untilMs)) {
        movedMs += Math.max(0, task.atMs - nowMs());
        await start(task);
      }
      movedMs += Math.max(0, untilMs - nowMs());
      arm();
    },
    idle,
    stop() {
      stopped = true;
      tasks.clear();
      clearTimeout(timer);
    },
  };
}
