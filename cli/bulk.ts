import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkItem, BulkResult } from '../contract/bulk.ts';
import { Failed } from './errors.ts';
import type { Output } from './output.ts';

const pauseMs = 2_000;

/**
 * Calls a bulk operation again as long as there is more, and shows what came of it. What failed is told of each time
 * it was tried last.
 */
export async function runBulk(
  operate: () => Promise<BulkResult>,
  isPlan: boolean,
  out: Output,
): Promise<void> {
  const call = async () => (await operate()).data;
  let last = await call();
  const doneItems: BulkItem[] = [...last.items.filter(({ result }) => result === 'done')];
  const bar = out.progress(last.done + last.failed + last.waiting, 'webhooks');
  while (last.status === 'paused') {
    bar.update(doneItems.length);
    // Others are at what is left, or were: there is nothing to do but to wait.
    if (last.done === 0) await sleep(pauseMs);
    last = await call();
    doneItems.push(...last.items.filter(({ result }) => result === 'done'));
  }
  bar.stop();
  const items = [...doneItems, ...last.items.filter(({ result }) => result !== 'done')];
  const { status, failed, waiting } = last;
  out.result({ status, done: doneItems.length, failed, waiting, items }, () => {
    out.table(
      ['RESOURCE', 'NAME', 'TO DO', 'RESULT', 'WHY'],
      items.map(({ resource, name, action, result, error }) => [
        resource,
        name,
        action,
        result,
        error?.message,
      ]),
      'There is nothing to do.',
    );
  });
  if (isPlan) out.note(`${waiting} to do. Nothing was done yet.`);
  if (failed > 0) throw new Failed(`${failed} failed: run the same command again for these.`);
}
