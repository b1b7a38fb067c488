import { describeFilters } from '../../contract/filter-notation.ts';
import { argument, command } from '../command.ts';
import { webhookNames } from '../complete-values.ts';
import { optionalConnection, webhookHelp } from '../options.ts';
import { inOneLine } from '../plain-text.ts';
import { relative } from '../times.ts';

export const get = command(
  'get',
  { summary: 'Show one webhook, and its state at Asana', examples: [['get 1209', '']] },
  (take) => {
    const webhook = take({ ...argument('webhook', webhookHelp), values: webhookNames });
    const account = take(optionalConnection);

    return async ({ read, manage, out, terminal }) => {
      const found = await manage('getWebhook', { connection: read(account), webhookGid: read(webhook) });
      out.result(found, () => {
        const { data, registry } = found;
        const { resource } = data;
        const rows: readonly (readonly [string, unknown])[] = [
          ['webhook', data.gid],
          ['resource', `${resource?.resource_type ?? ''} ${resource?.name ?? ''} (${resource?.gid})`.trim()],
          ['filters', describeFilters(data.filters)],
          ['active', data.active ? 'yes' : 'no'],
          ['last success', relative(data.last_success_at, terminal.now())],
          ['last failure', relative(data.last_failure_at, terminal.now())],
          ['why', data.last_failure_content],
          ['subscription', registry?.subscription ?? 'not at this endpoint'],
          ['status', registry?.status],
        ];
        for (const [name, value] of rows)
          if (value) out.line(`${name.padEnd(14)}${inOneLine(String(value))}`);
      });
    };
  },
);
