import { describeFilters } from '../../../contract/filter-notation.ts';
import { command } from '../../command.ts';
import { subscription } from '../../options.ts';

export const resume = command(
  'resume',
  {
    summary: 'Make sure that a subscription has a working webhook, also after a pause',
    examples: [['subscriptions resume sub_OfWmBv2tq0mIXpJ3H5nAfQ', '']],
  },
  (take) => {
    const named = take(subscription);

    return async ({ read, manage, out }) => {
      const resumed = await manage('updateSubscription', { subscription: read(named), wanted: 'on' });
      const { subscription: id, webhook, filters } = resumed.data;
      out.result(resumed, () => {
        out.line(`Subscription ${id} is on.`);
        if (webhook !== null) out.line(`Its webhook is ${webhook.webhookGid}: ${describeFilters(filters)}.`);
      });
    };
  },
);
