import type { Sleep } from '../clock.ts';
import type { TimeBudget } from '../time-budget.ts';
import { type BusEntry, maxRequestBytes, sizeOf } from './bus-entry.ts';
import type { EventBus } from './ports.ts';

/** The services that publishing needs. */
export interface PublishServices {
  readonly bus: EventBus;
  readonly sleep: Sleep;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
  /** When this time is up, nothing is retried, and no further request is sent. */
  readonly time: TimeBudget;
}

/** An entry that the bus refuses permanently. */
export interface RefusedEntry<T extends BusEntry> {
  readonly entry: T;
  readonly cause: string;
}

/**
 * The outcome of every entry. Each entry is in exactly one list, and the lists keep the order of the entries.
 */
export interface Published<T extends BusEntry> {
  readonly published: readonly T[];
  readonly refused: readonly RefusedEntry<T>[];
  /**
   * The entries that were not published before the time was up. A retry must begin with the first of them.
   */
  readonly left: readonly T[];
  /**
   * The last reason why the bus did not accept the first entry that is left. Absent if nothing is left, or if
   * the time was up before this entry was sent.
   */
  readonly leftBecause?: string;
}

/** PutEvents accepts at most 10 entries (EventBridge API reference). */
const maxEntries = 10;
const firstBackoffMs = 50;
const maxBackoffMs = 2_000;

/**
 * Puts entries on the bus in order, one request after the other. If the bus accepts only a part of a request,
 * the rest is sent again before the next request. The first request is always sent.
 */
export async function publish<T extends BusEntry>(
  entries: readonly T[],
  services: PublishServices,
): Promise<Published<T>> {
  const published: T[] = [];
  const refused: RefusedEntry<T>[] = [];
  const requests = inRequests(entries);
  for (const [index, request] of requests.entries()) {
    // A slow bus that accepts every request must not use up the time that the caller has reserved.
    if (index > 0 && services.time.isUp()) return { published, refused, left: requests.slice(index).flat() };
    const { left, cause } = await publishRequest(request, { published, refused }, services);
    if (left.length > 0) {
      return {
        published,
        refused,
        left: [...left, ...requests.slice(index + 1).flat()],
        leftBecause: cause,
      };
    }
  }
  return { published, refused, left: [] };
}

/** Publishes one request. Returns the entries that could not be published in time, and why the first could not. */
async function publishRequest<T extends BusEntry>(
  request: readonly T[],
  done: { readonly published: T[]; readonly refused: RefusedEntry<T>[] },
  { bus, sleep, random, time }: PublishServices,
): Promise<{ readonly left: readonly T[]; readonly cause?: string }> {
  let pending = request;
  for (let attempt = 0; ; attempt += 1) {
    const failures = await bus.put(pending);
    const again: T[] = [];
    let cause: string | undefined;
    for (const [index, entry] of pending.entries()) {
      const failure = failures[index];
      if (failure === undefined) done.published.push(entry);
      else if (failure.isPermanent) done.refused.push({ entry, cause: failure.cause });
      else {
        again.push(entry);
        cause ??= failure.cause;
      }
    }
    if (again.length === 0) return { left: [] };
    // Full jitter, so that containers that were throttled together do not retry together.
    const pauseMs = random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** attempt);
    if (time.isUp(pauseMs)) return { left: again, cause };
    await sleep(pauseMs);
    pending = again;
  }
}

/** Splits entries into as few requests as the bus's limits on number and bytes allow, in order. */
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
