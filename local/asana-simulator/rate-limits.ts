import { AsanaFault } from './errors.ts';
import type { World } from './model.ts';

/** Limits the requests of each token. */
export interface RateLimits {
  /**
   * Admits a request. Returns a function to call when the request ends.
   *
   * @throws AsanaFault 429 with Retry-After. A refused request also counts (Asana, "Rate limits").
   */
  enter(token: string, method: string): () => void;
}

const windowMs = 60_000;

export function createRateLimits({ clock, knobs }: World): RateLimits {
  const recent = new Map<string, number[]>();
  const underWay = new Map<string, number>();
  return {
    enter(token, method) {
      const nowMs = clock.now().getTime();
      const times = (recent.get(token) ?? []).filter((at) => at > nowMs - windowMs);
      times.push(nowMs);
      recent.set(token, times);
      if (times.length > knobs.requestsPerMinute) {
        const oldest = times[times.length - knobs.requestsPerMinute - 1] ?? nowMs;
        throw limited(Math.max(1, Math.ceil((oldest + windowMs - nowMs) / 1000)));
      }
      const isRead = method === 'GET';
      const slot = `${isRead ? 'read' : 'write'} ${token}`;
      const busy = underWay.get(slot) ?? 0;
      if (busy >= (isRead ? knobs.concurrentReads : knobs.concurrentWrites)) throw limited(1);
      underWay.set(slot, busy + 1);
      return () => underWay.set(slot, (underWay.get(slot) ?? 1) - 1);
    },
  };
}

function limited(seconds: number): AsanaFault {
  const message = `You have made too many requests recently. Please, be chill. Try again in ${seconds} seconds.`;
  return new AsanaFault(429, message, { headers: { 'Retry-After': String(seconds) } });
}
