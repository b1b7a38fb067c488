import { command } from '../../command.ts';
import { deadLetter, notAllRead } from '../../options.ts';
import { relative } from '../../times.ts';

export const list = command(
  'list',
  {
    summary: 'List dead letters by queue and cause',
    examples: [['dlq list --queue dispatcher', '']],
  },
  (take) => {
    const queue = take(deadLetter.queue);
    const cause = take(deadLetter.cause);
    const limit = take(deadLetter.limit);

    return async ({ read, manage, out, terminal }) => {
      const filter = { queue: read(queue), cause: read(cause), limit: read(limit) };
      const listed = await manage('listDeadLetters', filter);
      out.result(listed, () =>
        out.table(
          [
            { head: 'QUEUE', atLeast: 12 },
            { head: 'CAUSE', atLeast: 16 },
            { head: 'COUNT' },
            { head: 'OLDEST', drop: 2 },
            { head: 'NEWEST', drop: 1 },
          ],
          listed.data.map((group) => [
            group.queue,
            group.cause,
            group.count,
            relative(group.oldest, terminal.now()),
            relative(group.newest, terminal.now()),
          ]),
          listed.isComplete ? 'There are no dead letters.' : 'No dead letter was found.',
        ),
      );
      if (!listed.isComplete) out.note(notAllRead);
    };
  },
);
