import { describeFilters } from '../../contract/filter-notation.ts';
import { argument, command } from '../command.ts';
import { webhookHelp } from '../options.ts';

export const get = command(
  'get',
  { summary: 'Show one webhook, and its state at Asana', examples: [['get 1209', '']] },
  (take) => {
    const webhook = take(argument('webhook', webhookHelp));

    return async ({ read, manage, out }) => {
      const found = await manage('getWebhook', { webhookGid: read(webhook) });
      out.result(found, () => {
        const { data, registry } = found;
        const { resource } = data;
        const rows: readonly (readonly [string, unknown])[] = [
          ['webhook', data.gid],
          ['resource', `${resource?.resource_type ?? ''} ${resource?.name ?? ''} (${resource?.gid})`.trim()],
          ['hears of', describeFilters(data.filters)],
          ['active', data.active ? 'yes' : 'no'],
          ['last success', data.last_success_at],
          ['last failure', data.last_failure_at],
          ['why', data.last_failure_content],
          ['subscription', registry?.subscription ?? 'not at this endpoint'],
          ['status', registry?.status],
        ];
        for (const [name, value] of rows) if (value) out.line(`${name.padEnd(14)}${value}`);
      });
    };
  },
);
