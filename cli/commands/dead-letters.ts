import { askBefore } from '../ask.ts';
import type { Context } from '../context.ts';
import { Failed } from '../errors.ts';
import { count } from '../output.ts';

export interface DeadLetterFilter {
  readonly queue?: string;
  readonly cause?: string;
  readonly limit?: number;
}

interface Listed {
  readonly data: readonly {
    readonly queue: string;
    readonly cause: string;
    readonly count: number;
    readonly oldest: string;
    readonly newest: string;
  }[];
  readonly queues: Readonly<Record<string, number>>;
}

interface Redriven {
  readonly messages: number;
  readonly events: number;
  readonly left: readonly { readonly queue: string; readonly why: string; readonly count: number }[];
}

export async function listDeadLetters(filter: DeadLetterFilter, { manage, out }: Context): Promise<void> {
  const listed = await manage<Listed>({ operation: 'listDeadLetters', ...filter });
  out.result(listed, () =>
    out.table(
      ['QUEUE', 'CAUSE', 'COUNT', 'OLDEST', 'NEWEST'],
      listed.data.map(({ queue, cause, count, oldest, newest }) => [queue, cause, count, oldest, newest]),
      'There are no dead letters.',
    ),
  );
}

export async function redriveDeadLetters(
  { yes, ...filter }: DeadLetterFilter & { readonly yes: boolean },
  { manage, out }: Context,
): Promise<void> {
  await askBefore(`Send the dead letters of ${filter.queue ?? 'every queue'} again?`, yes);
  const { data } = await manage<{ data: Redriven }>({ operation: 'redriveDeadLetters', ...filter });
  out.result(data, () => {
    out.line(`Sent ${count(data.events, 'event')} of ${count(data.messages, 'message')}.`);
    out.table(
      ['QUEUE', 'LEFT', 'WHY'],
      data.left.map(({ queue, count, why }) => [queue, count, why]),
      'Nothing is left.',
    );
  });
  if (data.left.length > 0) throw new Failed('Some dead letters could not be sent: see why.');
}
