import { askBefore } from '../ask.ts';
import { runBulk } from '../bulk.ts';
import { command, flag, list, optionalArgument } from '../command.ts';
import { Misuse } from '../errors.ts';
import { connection, plan, requestsPerMinute, webhookHelp, yes } from '../options.ts';

export const deleteWebhooks = command(
  'delete',
  {
    summary: 'Delete a webhook, those on some resources, or all of a connection',
    examples: [
      ['delete sub_OfWmBv2tq0mIXpJ3H5nAfQ --yes', ''],
      ['delete --all --plan', ''],
    ],
    conflicts: [
      ['all', 'resource'],
      ...['resource', 'all', 'plan', 'requests-per-minute'].map((many) => ['webhook', many] as const),
    ],
  },
  (take) => {
    const webhook = take(optionalArgument('webhook', webhookHelp));
    const resources = take(list('resource', 'Those on the resource with this gid'));
    const all = take(flag('all', 'All of the connection'));
    const account = take(connection);
    const isPlan = take(plan);
    const isAgreed = take(yes);
    const rate = take(requestsPerMinute);

    return async ({ read, manage, out }) => {
      const webhookGid = read(webhook);
      if (webhookGid !== undefined) {
        await askBefore(
          `Delete the webhook ${webhookGid}? Its events will not come any more.`,
          read(isAgreed),
        );
        const deleted = await manage('deleteWebhook', { webhookGid });
        return out.result(deleted, () => out.line(`Webhook ${webhookGid} is deleted.`));
      }
      const some = read(resources);
      if (some === undefined && !read(all)) throw new Misuse('Name a webhook, or --resource, or --all.');
      if (!read(isPlan)) {
        const what = some === undefined ? 'all webhooks' : `the webhooks on ${some.length} resources`;
        await askBefore(`Delete ${what} of the connection ${read(account)}?`, read(isAgreed));
      }
      const request = {
        ...(some === undefined ? { all: true } : { resources: some }),
        connection: read(account),
        plan: read(isPlan),
        requestsPerMinute: read(rate),
      };
      return runBulk(() => manage('deleteWebhooks', request), read(isPlan), out);
    };
  },
);
