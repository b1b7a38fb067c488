import type { BulkItem, BulkResult } from '../../contract/bulk.ts';
import { mapBounded } from '../bounded.ts';
import { NamedError } from '../errors.ts';
import type { SubscriptionServices } from './services.ts';

export interface BulkOptions {
  /** Returns what would be done, and changes nothing. */
  readonly plan?: boolean;
  /** The maximum number of calls to Asana per minute. */
  readonly requestsPerMinute: number;
}

/** The change that one resource needs. */
export interface Job {
  readonly item: Omit<BulkItem, 'result'>;
  readonly run: (services: SubscriptionServices) => Promise<{ readonly subscription?: string }>;
}

/** Concurrent create calls. Each uses one of Asana's 15 concurrent writes until its handshake is finished. */
const concurrentJobs = 5;

/** The time that the last create call and its undo may need. */
const jobReserveMs = 30_000;

/**
 * Runs the jobs until they are finished or the time is up. An undefined job is a resource that needs no
 * change.
 */
export async function runBulk(
  jobs: readonly (Job | undefined)[],
  { plan, requestsPerMinute }: BulkOptions,
  services: SubscriptionServices,
): Promise<BulkResult> {
  const toDo = jobs.filter((job) => job !== undefined);
  const unchanged = jobs.length - toDo.length;
  if (plan) {
    const items = toDo.map(({ item }) => ({ ...item, result: 'waiting' as const }));
    return summary('planned', unchanged, items);
  }
  // All calls of all jobs share one pace.
  const own = { ...services, asana: (connection: string) => services.asana(connection, requestsPerMinute) };
  let isStopped = false;
  const items = await mapBounded(toDo, concurrentJobs, async ({ item, run: act }): Promise<BulkItem> => {
    if (isStopped || services.time.isUp(jobReserveMs)) return { ...item, result: 'waiting' };
    try {
      return { ...item, ...(await act(own)), result: 'done' };
    } catch (error) {
      if (!(error instanceof NamedError)) throw error;
      // Asana asks for a pause that is longer than the time left. Stop; the next call continues with the unfinished items.
      if (error.name === 'AsanaRateLimited') isStopped = true;
      // Another call is working on this resource, or has died. What it left is cleaned up after its lease
      // expires.
      const isToWait = error.name === 'AsanaRateLimited' || error.name === 'CreateInProgress';
      if (isToWait) return { ...item, result: 'waiting' };
      return { ...item, result: 'failed', error: { name: error.name, message: error.message } };
    }
  });
  const isPaused = items.some(({ result }) => result === 'waiting');
  return summary(isPaused ? 'paused' : 'done', unchanged, items);
}

function summary(
  status: BulkResult['data']['status'],
  unchanged: number,
  items: readonly BulkItem[],
): BulkResult {
  const count = (result: BulkItem['result']) => items.filter((item) => item.result === result).length;
  return {
    data: {
      status,
      done: count('done'),
      failed: count('failed'),
      waiting: count('waiting'),
      unchanged,
      items,
    },
  };
}
