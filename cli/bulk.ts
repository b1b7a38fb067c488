import type { BulkItem, BulkResult } from '../contract/bulk.ts';
import { describeFilters } from '../contract/filter-notation.ts';
import { askBefore } from './ask.ts';
import type { Context } from './command.ts';
import { Failed, Interrupted } from './errors.ts';
import { count } from './output.ts';

/** Resources in one call: few enough that progress is seen every few seconds. */
const chunkSize = 10;

/** How long to wait where another call is at what is left, or Asana asks for a pause. */
const pauseMs = 2_000;

/** A bulk operation, as the commands see it. */
export interface Bulk {
  /** What there is to do. */
  readonly plan: () => Promise<BulkResult>;
  /** Does it for these resources. */
  readonly act: (resources: readonly string[]) => Promise<BulkResult>;
  /** The question before it, where there are so many things to do. */
  readonly question: (amount: string) => string;
}

/**
 * Plans a bulk operation, asks, and carries it out a few resources at a time, so that progress is shown as it happens.
 * What another call is at is tried again.
 */
export async function runBulk(
  bulk: Bulk,
  { isPlan, isAgreed }: { readonly isPlan: boolean; readonly isAgreed: boolean },
  { out, terminal }: Pick<Context, 'out' | 'terminal'>,
): Promise<void> {
  const { data: planned } = await bulk.plan();
  if (isPlan || planned.items.length === 0) {
    show(planned.items, 'planned', out);
    if (isPlan) out.note(`${count(planned.items.length, 'webhook')} to do. Nothing was done yet.`);
    return;
  }
  await askBefore(bulk.question(count(planned.items.length, 'webhook')), isAgreed, terminal);

  const stop = new AbortController();
  terminal.onInterrupt(() => {
    stop.abort();
    out.note(
      'Stopping after the call under way. Ctrl-C again leaves at once: that call then ends by itself in the cloud.',
    );
  });
  const total = planned.items.length;
  // A call that names its resources does not know their names.
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
      `Stopped after ${ended.length} of ${total}. What is done stays done: run the same command again to continue.`,
    );
  }
  if (failed > 0) throw new Failed(`${failed} failed: run the same command again for these.`, 'BulkFailed');
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

/** What a webhook lets through, before and after where that changes. */
function filtersOf({ action, filters, filtersBefore }: BulkItem): string {
  if (action === 'update') return `${describeFilters(filtersBefore)} → ${describeFilters(filters)}`;
  return describeFilters(filters ?? filtersBefore);
}
