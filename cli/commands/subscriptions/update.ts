import { describeFilters } from '../../../contract/filter-notation.ts';
import { command } from '../../command.ts';
import { resumeCommand } from '../../describe-subscription.ts';
import { requiredOn, subscription } from '../../options.ts';

export const update = command(
  'update',
  {
    summary: 'Replace the filters of a subscription, also of a paused subscription',
    examples: [['subscriptions update sub_OfWmBv2tq0mIXpJ3H5nAfQ --on task.changed:assignee', '']],
  },
  (take) => {
    const named = take(subscription);
    const wanted = take(requiredOn);

    return async ({ read, manage, out }) => {
      const { filters, warnings } = read(wanted);
      for (const warning of warnings) out.warn(`${warning} It is sent to Asana as typed.`);
      const updated = await manage('updateSubscription', { subscription: read(named), filters });
      const { subscription: id, filters: current, wanted: state } = updated.data;
      out.result(updated, () => {
        out.line(`Subscription ${id} now has the filters ${describeFilters(current)}.`);
        if (state === 'paused') out.line(`It is still paused. Resume it: ${resumeCommand(id)}`);
      });
    };
  },
);
