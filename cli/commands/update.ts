import { describeFilters } from '../../contract/filter-notation.ts';
import { argument, command } from '../command.ts';
import { webhookNames } from '../complete-values.ts';
import { optionalConnection, requiredOn, webhookHelp } from '../options.ts';

export const update = command(
  'update',
  { summary: 'Replace the filters of a webhook', examples: [['update 1209 --on task.changed:assignee', '']] },
  (take) => {
    const webhook = take({ ...argument('webhook', webhookHelp), values: webhookNames });
    const wanted = take(requiredOn);
    const account = take(optionalConnection);

    return async ({ read, manage, out }) => {
      const { filters, warnings } = read(wanted);
      for (const warning of warnings) out.warn(`${warning} It is sent to Asana as typed.`);
      const request = { connection: read(account), webhookGid: read(webhook), filters };
      const updated = await manage('updateWebhook', request);
      const { gid, filters: current } = updated.data;
      out.result(updated, () => out.line(`Webhook ${gid} now has the filters ${describeFilters(current)}.`));
    };
  },
);
