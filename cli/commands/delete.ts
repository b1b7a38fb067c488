import { describeFilters } from '../../contract/filter-notation.ts';
import type { ResultOf } from '../../contract/operations.ts';
import { askBefore } from '../ask.ts';
import { runBulk } from '../bulk.ts';
import { argumentList, type Context, command, flag, list } from '../command.ts';
import { webhookNames } from '../complete-values.ts';
import { Failed, Misuse } from '../errors.ts';
import { optionalConnection, plan, requestsPerMinute, webhookHelp, yes } from '../options.ts';
import { count } from '../output.ts';

export const deleteWebhooks = command(
  'delete',
  {
    summary: 'Delete webhooks: by gid, by resource, or all of a connection',
    examples: [
      ['delete 1209 1210 --yes', ''],
      ['delete sub_OfWmBv2tq0mIXpJ3H5nAfQ --plan', ''],
      ['delete --all --plan', ''],
    ],
    conflicts: [['all', 'resource']],
  },
  (take) => {
    const webhooks = take({ ...argumentList('webhooks', webhookHelp), values: webhookNames });
    const resources = take(list('resource', 'Delete the webhooks of this resource (gid). Repeatable'));
    const all = take(flag('all', 'Delete all webhooks of the connection'));
    const account = take(optionalConnection);
    const isForced = take(flag('force', 'Delete it even if Asana does not show whether it still exists'));
    const isPlan = take(plan);
    const isAgreed = take(yes);
    const rate = take(requestsPerMinute);

    return async (context) => {
      const { read, manage } = context;
      const named = [...new Set(read(webhooks))];
      const some = read(resources);
      if (named.length > 0) {
        if (some !== undefined || read(all) || read(rate) !== undefined) {
          throw new Misuse(
            'Name webhooks, or use --resource or --all. --requests-per-minute is only for these two.',
          );
        }
        const how = {
          connection: read(account),
          force: read(isForced) || undefined,
          isPlan: read(isPlan),
          isAgreed: read(isAgreed),
        };
        return deleteNamed(named, how, context);
      }
      if (read(isForced)) throw new Misuse('--force is only for webhooks that are named.');
      if (some === undefined && !read(all)) throw new Misuse('Name a webhook, or use --resource or --all.');
      const bulk = { connection: read(account) ?? 'default', requestsPerMinute: read(rate) };
      const which = some === undefined ? { all: true } : { resources: some };
      return runBulk(
        {
          plan: () => manage('deleteWebhooks', { ...bulk, ...which, plan: true }),
          act: (on) => manage('deleteWebhooks', { ...bulk, resources: on }),
          question: (amount) => `Delete ${amount} of the connection ${bulk.connection}?`,
        },
        { isPlan: read(isPlan), isAgreed: read(isAgreed) },
        context,
      );
    };
  },
);

function pushed<T>(list: unknown[], item: T): T {
  list.push(item);
  return item;
}

async function deleteNamed(
  named: readonly string[],
  {
    connection,
    force,
    isPlan,
    isAgreed,
  }: {
    readonly connection?: string;
    readonly force?: boolean;
    readonly isPlan: boolean;
    readonly isAgreed: boolean;
  },
  context: Context,
): Promise<void> {
  const { manage, out, terminal } = context;
  if (isPlan) {
    if (force) throw new Misuse('--plan deletes nothing, so --force has no effect.');
    const found: (ResultOf<'getWebhook'> | ResultOf<'getSubscription'>)[] = [];
    const lines: string[] = [];
    for (const webhookGid of named) {
      // A paused subscription has no webhook at Asana.
      if (webhookGid.startsWith('sub_')) {
        const { data } = pushed(found, await manage('getSubscription', { subscription: webhookGid }));
        lines.push(`${data.subscription} on ${data.resource}: ${describeFilters(data.filters)}`);
      } else {
        const { data } = pushed(found, await manage('getWebhook', { connection, webhookGid }));
        lines.push(`${data.gid} on ${data.resource?.gid}: ${describeFilters(data.filters)}`);
      }
    }
    out.result({ status: 'planned', webhooks: found }, () => {
      for (const line of lines) out.line(`This would delete ${line}.`);
    });
    return out.note('Nothing was changed.');
  }
  const which = named.length === 1 ? `the webhook ${named[0]}` : `${named.length} webhooks`;
  await askBefore(`Delete ${which}? Asana then sends no more events for it.`, isAgreed, terminal);
  const failures: string[] = [];
  const results: object[] = [];
  for (const webhookGid of named) {
    try {
      results.push({
        webhook: webhookGid,
        ...(await manage('deleteWebhook', { connection, webhookGid, force })),
      });
      if (!out.isJson) out.line(`Webhook ${webhookGid} is deleted.`);
    } catch (error) {
      if (named.length === 1 || !(error instanceof Failed)) throw error;
      failures.push(`${webhookGid}: ${error.message}`);
    }
  }
  if (out.isJson) out.result(named.length === 1 ? results[0] : results, () => undefined);
  if (failures.length > 0) {
    throw new Failed(
      `${count(failures.length, 'webhook')} not deleted.\n${failures.join('\n')}`,
      'BulkFailed',
    );
  }
}
