import { argument, command, text, time } from '../../command.ts';
import { webhookNames } from '../../complete-values.ts';
import { describeEvent } from '../../console/describe-event.ts';
import { Misuse } from '../../errors.ts';
import { plain } from '../../plain-text.ts';

export const get = command(
  'get',
  {
    summary: 'Show one stored event whole',
    examples: [['events get <event> --webhook 1209', 'Use the event id that events list shows']],
  },
  (take) => {
    const event = take(argument('event', 'The event id that events list --json shows'));
    const webhook = take({
      ...text('webhook', "The gid or subscription of the event's webhook"),
      values: webhookNames,
    });
    const at = take(time('at', 'Time of the event. With it, the event is found directly'));

    return async ({ read, manage, out }) => {
      const webhookGid = read(webhook);
      if (webhookGid === undefined)
        throw new Misuse('Add --webhook: the gid or subscription of its webhook.');
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
