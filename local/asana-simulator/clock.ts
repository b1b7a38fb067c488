import { setTimeout as sleep } from 'node:timers/promises';

/** Something to be done at a moment of the simulator's time. */
interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => Promise<void> | void;
}

/** The simulator's time, which tests can move. */
export interface SimulatorClock {
  now(): Date;
  /** Runs a task once that moment has come. Answers a function that takes it back. */
  schedule(atMs: number, run: () => Promise<void> | void): () => void;
  /** Holds up an answer. */
  sleep(ms: number): Promise<unknown>;
  /** Aborts when a target has not answered for so long. */
  timeout(ms: number): AbortSignal;
  /** Moves time forward and runs everything that falls due on the way, each at its own moment, to its end. */
  advance(ms: number): Promise<void>;
  /** Waits for the tasks that are under way. */
  idle(): Promise<void>;
  stop(): void;
}

/**
 * A clock that follows the wall clock, and can be moved forward on top of it. One that is `manual` stands
 * still until it is moved. Holding up an answer and waiting for a target take real time in both.
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

  /** Wakes up when the next task falls due. */
  function arm(): void {
    clearTimeout(timer);
    if (manual || stopped || tasks.size === 0) return;
    const earliest = Math.min(...[...tasks].map(({ atMs }) => atMs));
    // A timer takes 2^31 - 1 ms at the most.
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
      // A task that is under way belongs to the time before. With its end still to come, later tasks would do nothing.
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
