import { askBefore } from '../../ask.ts';
import { command } from '../../command.ts';
import { resumeCommand } from '../../describe-subscription.ts';
import { subscription, yes } from '../../options.ts';

export const pause = command(
  'pause',
  {
    summary: 'Delete the webhook of a subscription at Asana, and keep the subscription',
    examples: [['subscriptions pause sub_OfWmBv2tq0mIXpJ3H5nAfQ', '']],
  },
  (take) => {
    const named = take(subscription);
    const isAgreed = take(yes);

    return async ({ read, manage, out, terminal }) => {
      await askBefore(
        `Pause ${read(named)}? Its webhook at Asana is deleted, and events during the pause are not delivered.`,
        read(isAgreed),
        terminal,
      );
      const paused = await manage('updateSubscription', { subscription: read(named), wanted: 'paused' });
      const { subscription: id } = paused.data;
      out.result(paused, () => {
        out.line(`Subscription ${id} is paused. Its webhook at Asana is deleted.`);
        out.line(`Resume it: ${resumeCommand(id)}`);
      });
    };
  },
);
