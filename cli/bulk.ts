import type { BulkItem, BulkResult } from '../contract/bulk.ts';
import { describeFilters } from '../contract/filter-notation.ts';
import { askBefore } from './ask.ts';
import type { Context } from './command.ts';
import { Failed, Interrupted } from './errors.ts';
import { count } from './output.ts';

/** Resources per call. Few, so that the progress bar moves every few seconds. */
const chunkSize = 10;

/** The pause when another call has claimed the rest, or when Asana asks for a pause. */
const pauseMs = 2_000;

/** A bulk operation of a command. */
export interface Bulk {
  /** Returns the planned changes. */
  readonly plan: () => Promise<BulkResult>;
  /** Applies the changes to these resources. */
  readonly act: (resources: readonly string[]) => Promise<BulkResult>;
  /** The confirmation question for this number of changes. */
  readonly question: (amount: string) => string;
}

/**
 * Plans a bulk operation, asks for confirmation, and applies it to a few resources per call, which lets it show progress.
 * Resources that another call has claimed are retried.
 */
export async function runBulk(
  bulk: Bulk,
  { isPlan, isAgreed }: { readonly isPlan: boolean; readonly isAgreed: boolean },
  { out, terminal }: Pick<Context, 'out' | 'terminal'>,
): Promise<void> {
  const { data: planned } = await bulk.plan();
  if (isPlan || planned.items.length === 0) {
    show(planned.items, 'planned', out);
    if (isPlan) out.note(`${count(planned.items.length, 'webhook')} to do. Nothing was changed.`);
    return;
  }
  await askBefore(bulk.question(count(planned.items.length, 'webhook')), isAgreed, terminal);

  const stop = new AbortController();
  terminal.onInterrupt(() => {
    stop.abort();
    out.note(
      'Stopping after the current call. Press Ctrl-C again to exit now; the function still finishes the current call.',
    );
  });
  const total = planned.items.length;
  // A call with explicit resources returns no names, so keep the names of the plan.
  const names = new Map(planned.items.map(({ resource, name }) => [resource, name]));
  const ended: BulkItem[] = [];
  const bar = out.progress(total, 'webhooks');
  let rest = [...new Set(planned.items.map(({ resource }) => resource))];
  try {
    while (rest.length > 0 && !stop.signal.aborted) {
      const chunk = rest.slice(0, chunkSize);
      const { data } = await bulk.act(chunk);
      const waiting = new Set(data.items.filter(isWaiting).map(({ resource }) => resource));
      const now = data.items.filter((item) => !isWaiting(item));
      ended.push(...now.map((item) => ({ ...item, name: item.name ?? names.get(item.resource) })));
      rest = [...rest.slice(chunkSize), ...chunk.filter((resource) => waiting.has(resource))];
      bar.update(ended.length);
      if (waiting.size === chunk.length) await terminal.sleep(pauseMs, stop.signal);
    }
  } finally {
    bar.stop();
  }
  show(ended, rest.length > 0 ? 'interrupted' : 'done', out);
  const failed = ended.filter(({ result }) => result === 'failed').length;
  if (rest.length > 0) {
    throw new Interrupted(
      `Stopped after ${ended.length} of ${total}. Run the same command again to continue.`,
    );
  }
  if (failed > 0)
    throw new Failed(`${failed} failed. Run the same command again to retry them.`, 'BulkFailed');
}

function isWaiting({ result }: BulkItem): boolean {
  return result === 'waiting';
}

function show(items: readonly BulkItem[], status: string, out: Context['out']): void {
  const having = (result: BulkItem['result']) => items.filter((item) => item.result === result).length;
  const counts = { done: having('done'), failed: having('failed'), waiting: having('waiting') };
  out.result({ status, ...counts, items }, () => {
    out.table(
      [
        { head: 'RESOURCE' },
        { head: 'NAME', atLeast: 10, drop: 2 },
        { head: 'TO DO' },
        { head: 'FILTERS', atLeast: 20, drop: 3 },
        { head: 'RESULT' },
        { head: 'WHY', atLeast: 30, drop: 1 },
      ],
      items.map((item) => [
        item.resource,
        item.name,
        item.action,
        filtersOf(item),
        status === 'planned' ? 'planned' : item.result,
        item.error?.message,
      ]),
      'There is nothing to do.',
    );
  });
}

/** The filters of a webhook; before and after if they change. */
function filtersOf({ action, filters, filtersBefore }: BulkItem): string {
  if (action === 'update') return `${describeFilters(filtersBefore)} → ${describeFilters(filters)}`;
  return describeFilters(filters ?? filtersBefore);
}
