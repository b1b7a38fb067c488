import { describeFilters } from '../../contract/filter-notation.ts';
import { argument, command } from '../command.ts';
import { requiredOn, webhookHelp } from '../options.ts';

export const update = command(
  'update',
  { summary: 'Replace what a webhook hears of', examples: [['update 1209 --on task.changed:assignee', '']] },
  (take) => {
    const webhook = take(argument('webhook', webhookHelp));
    const filters = take(requiredOn);

    return async ({ read, manage, out }) => {
      const request = { webhookGid: read(webhook), filters: read(filters) };
      const updated = await manage('updateWebhook', request);
      const { gid, filters: current } = updated.data;
      out.result(updated, () => out.line(`Webhook ${gid} hears of ${describeFilters(current)}.`));
    };
  },
);
