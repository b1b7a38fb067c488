import type { Clock, Schedule, Sleep, Timeout } from '../../core/clock.ts';

/** The clock of one actor. */
export interface ActorClock {
  readonly now: Clock;
  readonly sleep: Sleep;
  readonly schedule: Schedule;
  readonly timeout: Timeout;
}

/** A time that moves only when it is told to. */
export interface VirtualTime {
  /** Milliseconds since the start. */
  readonly elapsedMs: number;
  readonly hasTimers: boolean;
  now: Clock;
  /** Calls `run` after `ms`, unless `isOver` returns true by then. Returns a function that cancels it. */
  after(ms: number, run: () => void, isOver: () => boolean): () => void;
  /** Goes to the earliest timer, and runs it. */
  advance(): void;
  clockFor(isOver: () => boolean): ActorClock;
}

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
  readonly isOver: () => boolean;
}

/** Creates a time that stands still at `startAt`. */
export function createVirtualTime(startAt: Date): VirtualTime {
  const timers = new Set<Timer>();
  let elapsedMs = 0;
  const now = () => new Date(startAt.getTime() + elapsedMs);

  function after(ms: number, run: () => void, isOver: () => boolean): () => void {
    const timer = { dueMs: elapsedMs + Math.max(0, ms), run, isOver };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  /** Forgets the timers of actors that are dead or done. */
  function forget(): void {
    for (const timer of timers) if (timer.isOver()) timers.delete(timer);
  }

  return {
    now,
    after,
    get elapsedMs() {
      return elapsedMs;
    },
    get hasTimers() {
      forget();
      return timers.size > 0;
    },
    advance() {
      forget();
      let next: Timer | undefined;
      // A set keeps the order of insertion, so the first of equal timers runs first.
      for (const timer of timers) if (next === undefined || timer.dueMs < next.dueMs) next = timer;
      if (next === undefined) return;
      timers.delete(next);
      elapsedMs = Math.max(elapsedMs, next.dueMs);
      next.run();
    },
    clockFor: (isOver) => ({
      now,
      sleep: (ms) => new Promise<void>((resolve) => void after(ms, resolve, isOver)),
      schedule: (ms, run) => after(ms, run, isOver),
      timeout(ms) {
        const controller = new AbortController();
        const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
        after(ms, () => controller.abort(reason), isOver);
        return controller.signal;
      },
    }),
  };
}
