import { command } from '../../command.ts';
import { deadLetter } from '../../options.ts';

export const list = command(
  'list',
  {
    summary: 'List what could not be delivered, by cause',
    examples: [['dlq list --queue dispatcher', '']],
  },
  (take) => {
    const queue = take(deadLetter.queue);
    const cause = take(deadLetter.cause);
    const limit = take(deadLetter.limit);

    return async ({ read, manage, out }) => {
      const filter = { queue: read(queue), cause: read(cause), limit: read(limit) };
      const listed = await manage('listDeadLetters', filter);
      out.result(listed, () =>
        out.table(
          ['QUEUE', 'CAUSE', 'COUNT', 'OLDEST', 'NEWEST'],
          listed.data.map((group) => [group.queue, group.cause, group.count, group.oldest, group.newest]),
          'There are no dead letters.',
        ),
      );
    };
  },
);
