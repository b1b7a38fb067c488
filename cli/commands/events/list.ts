import { command, numberOr } from '../../command.ts';
import { describeEvent, memberOf } from '../../describe-event.ts';
import { event } from '../../options.ts';

export const list = command(
  'list',
  {
    summary: 'List stored events',
    examples: [['events list --from 2026-11-23T10:00:00Z --action changed', '']],
  },
  (take) => {
    const webhook = take(event.webhook);
    const from = take(event.from);
    const to = take(event.to);
    const resource = take(event.resource);
    const action = take(event.action);
    const limit = take(numberOr('limit', 100, 'So many at most'));

    return async ({ read, manage, out }) => {
      const { data, nextToken } = await manage('listEvents', {
        webhookGid: read(webhook),
        from: read(from),
        to: read(to),
        resource: read(resource),
        action: read(action),
        limit: read(limit),
      });
      out.result(data, () => {
        out.table(
          ['TIME', 'WHAT', 'BY', 'WEBHOOK', 'EVENT'],
          data.map((stored) => [
            stored.event.created_at,
            describeEvent(stored.event),
            memberOf(stored.event.user, 'gid'),
            stored.webhook.gid,
            stored.id,
          ]),
          'There is no such event.',
        );
        if (nextToken !== null)
          out.note(`There are more than ${read(limit)}: ask for a shorter time, or a larger --limit.`);
      });
    };
  },
);
