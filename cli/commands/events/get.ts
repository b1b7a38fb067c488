import { argument, command, text, time } from '../../command.ts';
import { webhookGids } from '../../complete-values.ts';
import { describeEvent } from '../../console/describe-event.ts';
import { Misuse } from '../../errors.ts';
import { plain } from '../../plain-text.ts';

export const get = command(
  'get',
  {
    summary: 'Show one stored event whole',
    examples: [['events get <event> --webhook 1209', 'As events list shows it']],
  },
  (take) => {
    const event = take(argument('event', 'The event id, as events list --json shows it'));
    const webhook = take({
      ...text('webhook', "The webhook's gid or subscription that it came for"),
      values: webhookGids,
    });
    const at = take(time('at', 'When it happened, which finds it at once'));

    return async ({ read, manage, out }) => {
      const webhookGid = read(webhook);
      if (webhookGid === undefined)
        throw new Misuse('Say --webhook: the webhook or subscription it came for.');
      const { data } = await manage('getEvent', {
        webhookGid,
        eventId: read(event),
        createdAt: read(at),
      });
      out.result(data, () => {
        out.line(`${describeEvent(data.event)}, for ${data.subscription}`);
        out.line(plain(JSON.stringify(data.event, null, 2)));
      });
    };
  },
);
