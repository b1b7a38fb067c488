import { askBefore } from '../../ask.ts';
import { command } from '../../command.ts';
import { Failed } from '../../errors.ts';
import { deadLetter, notAllRead, yes } from '../../options.ts';
import { count } from '../../output.ts';

export const redrive = command(
  'redrive',
  {
    summary: 'Send dead letters again',
    examples: [['dlq redrive --queue billing --cause AccessDeniedException', '']],
  },
  (take) => {
    const queue = take(deadLetter.queue);
    const cause = take(deadLetter.cause);
    const limit = take(deadLetter.limit);
    const isAgreed = take(yes);

    return async ({ read, manage, out, terminal }) => {
      const filter = { queue: read(queue), cause: read(cause), limit: read(limit) };
      await askBefore(
        `Send the dead letters of ${filter.queue ?? 'every queue'} again?`,
        read(isAgreed),
        terminal,
      );
      const { data } = await manage('redriveDeadLetters', filter);
      out.result(data, () => {
        out.line(`Sent ${count(data.events, 'event')} of ${count(data.messages, 'message')}.`);
        if (data.left.length === 0 && !data.isComplete) return;
        out.table(
          [{ head: 'QUEUE' }, { head: 'LEFT' }, { head: 'WHY', atLeast: 30 }],
          data.left.map((left) => [left.queue, left.count, left.why]),
          'Nothing is left.',
        );
      });
      if (!data.isComplete) out.note(notAllRead);
      if (data.left.length > 0)
        throw new Failed(
          'Some dead letters could not be sent. The column WHY has the reasons.',
          'DeadLettersLeft',
        );
    };
  },
);
