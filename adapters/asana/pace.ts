import type { Clock, Sleep } from '../../core/clock.ts';

/** Keeps calls within what Asana takes. */
export interface Pace {
  /** Waits for its turn. Answers what to call when the call is over. */
  enter(method: string): Promise<() => void>;
}

/** Calls under way at once that Asana takes from a token (Asana's guide on rate limits). */
const maxConcurrent = { read: 50, write: 15 };

/**
 * A pace for calls over one connection: evenly spread over the minute, because Asana looks at shorter spans as
 * well, and within its bounds on calls at once, which it has for reads and writes apart.
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

/** The paces of all connections: whatever runs in this container over one connection at one rate shares one. */
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
