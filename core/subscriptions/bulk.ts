import type { BulkItem, BulkResult } from '../../contract/bulk.ts';
import { mapBounded } from '../bounded.ts';
import { NamedError } from '../errors.ts';
import type { SubscriptionServices } from './services.ts';

export interface BulkOptions {
  /** Only says what would be done. */
  readonly plan?: boolean;
  /** How many calls Asana may get in a minute. */
  readonly requestsPerMinute: number;
}

/** Something to do about one resource. */
export interface Job {
  readonly item: Omit<BulkItem, 'result'>;
  readonly run: (services: SubscriptionServices) => Promise<{ readonly subscription?: string }>;
}

/** Create calls at once: each holds one of Asana's 15 writes for as long as the handshake takes. */
const concurrentJobs = 5;

/** What the last create call and taking it back may take. */
const jobReserveMs = 30_000;

/** Does what there is to do, as far as the time goes; nothing stands for a resource about which there is nothing to do. */
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
  // Every call of a job goes by the same pace.
  const own = { ...services, asana: (connection: string) => services.asana(connection, requestsPerMinute) };
  let isStopped = false;
  const items = await mapBounded(toDo, concurrentJobs, async ({ item, run: act }): Promise<BulkItem> => {
    if (isStopped || services.time.isUp(jobReserveMs)) return { ...item, result: 'waiting' };
    try {
      return { ...item, ...(await act(own)), result: 'done' };
    } catch (error) {
      if (!(error instanceof NamedError)) throw error;
      // Asana asks for a longer pause than the client waits for: what is done stays done.
      if (error.name === 'AsanaRateLimited') isStopped = true;
      // Another call is at it, or was and died: what it left is settled when its lease has ended.
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
