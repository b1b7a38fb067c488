import { command, numberOr, text } from '../../command.ts';
import { describeEvent, memberOf } from '../../console/describe-event.ts';
import { takeEventFilter } from '../../options.ts';
import { relative } from '../../times.ts';

export const list = command(
  'list',
  {
    summary: 'List stored events, the newest first',
    examples: [
      ['events list --from 2h --action changed', ''],
      ['events list --from yesterday --to today --json', ''],
    ],
  },
  (take) => {
    const readFilter = takeEventFilter(take);
    const limit = take(numberOr('limit', 100, 'List at most this many events'));
    const next = take(text('next', 'Token of the next page, which the previous page prints'));

    return async ({ read, manage, out, terminal }) => {
      const page = await manage('listEvents', {
        ...readFilter(read),
        limit: read(limit),
        newestFirst: true,
        nextToken: read(next),
      });
      out.result(page, () => {
        out.table(
          [
            { head: 'WHEN' },
            { head: 'WHAT', atLeast: 24 },
            { head: 'BY', drop: 3 },
            { head: 'WEBHOOK', drop: 1 },
            { head: 'EVENT', atLeast: 8, drop: 2 },
          ],
          page.data.map((stored) => [
            relative(stored.event.created_at, terminal.now()),
            describeEvent(stored.event),
            memberOf(stored.event.user, 'gid'),
            stored.webhook.gid,
            stored.id,
          ]),
          'No event matches.',
        );
        if (page.nextToken !== null) out.note(`There are more events. Add --next ${page.nextToken}`);
      });
    };
  },
);
