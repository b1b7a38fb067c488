import type { Sleep } from '../clock.ts';
import type { TimeBudget } from '../time-budget.ts';
import { type BusEntry, maxRequestBytes, sizeOf } from './bus-entry.ts';
import type { EventBus } from './ports.ts';

/** What publishing takes. */
export interface PublishServices {
  readonly bus: EventBus;
  readonly sleep: Sleep;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** When it is up, nothing is tried again. */
  readonly time: TimeBudget;
}

/** An entry that the bus will never take as it is. */
export interface RefusedEntry<T extends BusEntry> {
  readonly entry: T;
  readonly cause: string;
}

/** What came of every entry; each is in exactly one of the lists, and the lists keep their order. */
export interface Published<T extends BusEntry> {
  readonly published: readonly T[];
  readonly refused: readonly RefusedEntry<T>[];
  /** What is not on the bus when the time is up. The first of them is the first to try again. */
  readonly left: readonly T[];
}

/** PutEvents takes 10 entries at the most (EventBridge API reference). */
const maxEntries = 10;
const firstBackoffMs = 50;
const maxBackoffMs = 2_000;

/**
 * Puts entries on the bus in order, request by request. Of a request that was taken in part only the rest is
 * sent again, before anything that comes later.
 */
export async function publish<T extends BusEntry>(
  entries: readonly T[],
  services: PublishServices,
): Promise<Published<T>> {
  const published: T[] = [];
  const refused: RefusedEntry<T>[] = [];
  const requests = inRequests(entries);
  for (const [index, request] of requests.entries()) {
    const left = await publishRequest(request, { published, refused }, services);
    if (left.length > 0) return { published, refused, left: [...left, ...requests.slice(index + 1).flat()] };
  }
  return { published, refused, left: [] };
}

/** Answers what could not be published in time. */
async function publishRequest<T extends BusEntry>(
  request: readonly T[],
  done: { readonly published: T[]; readonly refused: RefusedEntry<T>[] },
  { bus, sleep, random, time }: PublishServices,
): Promise<readonly T[]> {
  let pending = request;
  for (let attempt = 0; ; attempt += 1) {
    const failures = await bus.put(pending);
    const again: T[] = [];
    for (const [index, entry] of pending.entries()) {
      const failure = failures[index];
      if (failure === undefined) done.published.push(entry);
      else if (failure.isPermanent) done.refused.push({ entry, cause: failure.cause });
      else again.push(entry);
    }
    if (again.length === 0) return [];
    // Full jitter, so that containers that were throttled together do not come back together.
    const pauseMs = random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** attempt);
    if (time.isUp(pauseMs)) return again;
    await sleep(pauseMs);
    pending = again;
  }
}

/** As few requests as the bus's limits on number and bytes allow, in order. */
function inRequests<T extends BusEntry>(entries: readonly T[]): readonly (readonly T[])[] {
  const requests: T[][] = [];
  let room = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
    const request = requests.at(-1);
    if (request === undefined || request.length === maxEntries || size > room) {
      requests.push([entry]);
      room = maxRequestBytes - size;
    } else {
      request.push(entry);
      room -= size;
    }
  }
  return requests;
}
