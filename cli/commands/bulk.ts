import { setTimeout as sleep } from 'node:timers/promises';
import { askBefore } from '../ask.ts';
import type { Context } from '../context.ts';
import { Failed } from '../errors.ts';
import type { Filter } from '../filters.ts';

interface BulkItem {
  readonly resource: string;
  readonly name?: string;
  readonly action: string;
  readonly result: string;
  readonly subscription?: string;
  readonly error?: { readonly name: string; readonly message: string };
}

interface Bulk {
  readonly status: 'planned' | 'done' | 'paused';
  readonly done: number;
  readonly failed: number;
  readonly waiting: number;
  readonly unchanged: number;
  readonly items: readonly BulkItem[];
}

export interface BulkOptions {
  readonly connection: string;
  readonly plan: boolean;
  readonly yes: boolean;
  readonly requestsPerMinute?: number;
}

const pauseMs = 2_000;

/** Creates a webhook on every project of a workspace or team. */
export function createWebhooks(
  {
    workspace,
    team,
    filters,
    ...options
  }: BulkOptions & {
    readonly workspace?: string;
    readonly team?: string;
    readonly filters: readonly Filter[];
  },
  context: Context,
): Promise<void> {
  return run({ operation: 'createWebhooks', workspace, team, filters }, options, context);
}

/** Deletes the webhooks of a connection, or those on some resources. */
export async function deleteWebhooks(
  { resources, ...options }: BulkOptions & { readonly resources?: readonly string[] },
  context: Context,
): Promise<void> {
  const which = resources === undefined ? { all: true } : { resources };
  const what = resources === undefined ? 'all webhooks' : `the webhooks on ${resources.length} resources`;
  if (!options.plan) await askBefore(`Delete ${what} of the connection ${options.connection}?`, options.yes);
  return run({ operation: 'deleteWebhooks', ...which }, options, context);
}

/** Calls again as long as there is more. What failed is told of each time it was tried last. */
async function run(
  payload: object,
  { connection, plan, requestsPerMinute }: BulkOptions,
  { manage, out }: Context,
): Promise<void> {
  const call = async () =>
    (await manage<{ data: Bulk }>({ ...payload, connection, plan, requestsPerMinute })).data;
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
  if (plan) out.note(`${waiting} to do. Nothing was done yet.`);
  if (failed > 0) throw new Failed(`${failed} failed: run the same command again for these.`);
}
