import type { Clock, Sleep } from '../../core/clock.ts';

/** Keeps the calls within Asana's rate limits. */
export interface Pace {
  /** Waits until the call may start. Returns a function that the caller calls when the call is over. */
  enter(method: string): Promise<() => void>;
}

/** How many concurrent calls Asana accepts for each token (Asana's guide on rate limits). */
const maxConcurrent = { read: 50, write: 15 };

/**
 * Returns the pace for the calls of one connection. The calls are spread evenly over the minute, because Asana also
 * checks the rate over shorter periods. The pace also keeps Asana's limits on concurrent calls: one limit for reads,
 * and another for writes.
 */
export function createPace(
  requestsPerMinute: number,
  { now, sleep }: { readonly now: Clock; readonly sleep: Sleep },
): Pace {
  const spacingMs = 60_000 / requestsPerMinute;
  const slots = { read: createSlots(maxConcurrent.read), write: createSlots(maxConcurrent.write) };
  let nextAt = 0;
  return {
    async enter(method) {
      const leave = await slots[method === 'GET' ? 'read' : 'write'].take();
      const at = Math.max(nextAt, now().getTime());
      nextAt = at + spacingMs;
      const waitMs = at - now().getTime();
      if (waitMs > 0) await sleep(waitMs);
      return leave;
    },
  };
}

function createSlots(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async take(): Promise<() => void> {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return leave;
    },
  };
}

/** Holds the paces of this container. All calls over the same connection at the same rate share a pace. */
export function createPaces(
  clock: Parameters<typeof createPace>[1],
): (connection: string, requestsPerMinute: number) => Pace {
  const paces = new Map<string, Pace>();
  return (connection, requestsPerMinute) => {
    const key = `${connection} ${requestsPerMinute}`;
    const pace = paces.get(key) ?? createPace(requestsPerMinute, clock);
    paces.set(key, pace);
    return pace;
  };
}
