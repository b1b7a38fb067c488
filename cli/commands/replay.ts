import type { RequestOf } from '../../contract/operations.ts';
import { askBefore } from '../ask.ts';
import { type Context, command, number, text } from '../command.ts';
import { consumer, plan, takeEventFilter, yes } from '../options.ts';
import { count } from '../output.ts';

const pauseMs = 1_000;

/** Replays stored events. Repeats the call until the replay is done. */
export const replay = command(
  'replay',
  {
    summary: 'Send stored events again',
    conflicts: [
      ['plan', 'events-per-second'],
      ['plan', 'replay-id'],
    ],
    examples: [['replay --from 2h --consumer billing --plan', '']],
  },
  (take) => {
    const readFilter = takeEventFilter(take);
    const receiver = take(consumer);
    const rate = take(number('events-per-second', 'Send at most this many events per second'));
    const replayId = take(text('replay-id', 'Name of the replay. Use the same name to continue it'));
    const isPlan = take(plan);
    const isAgreed = take(yes);

    return async (context) => {
      const { read, manage, out, terminal } = context;
      const filter = readFilter(read);
      const { data: planned } = await manage('replayEvents', {
        ...filter,
        consumer: read(receiver),
        plan: true,
      });
      if (!('events' in planned)) throw new Error('Expected a plan');
      if (read(isPlan)) {
        const { events, from: first, to: last } = planned;
        return out.result(planned, () =>
          out.line(`${amountOf(planned)}${events > 0 ? `, from ${first} to ${last}` : ''}.`),
        );
      }
      const whom = read(receiver) === undefined ? 'every consumer' : `the consumer ${read(receiver)}`;
      if (planned.events === 0 && planned.isComplete) return out.line('No event matches. Nothing was sent.');
      await askBefore(`Send ${amountOf(planned)} again to ${whom}?`, read(isAgreed), terminal);
      const request = { ...filter, consumer: read(receiver), eventsPerSecond: read(rate) };
      await send({ ...request, replayId: read(replayId) }, planned.events, context);
    };
  },
);

function amountOf({ events, isComplete }: { readonly events: number; readonly isComplete: boolean }): string {
  return `${count(events, 'event')}${isComplete ? '' : ' or more'}`;
}

async function send(
  request: RequestOf<'replayEvents'>,
  total: number,
  { manage, out, terminal }: Context,
): Promise<void> {
  const bar = out.progress(total, 'events');
  let { replayId } = request;
  for (;;) {
    const { data } = await manage('replayEvents', { ...request, replayId });
    if (!('status' in data)) throw new Error('Expected a replay');
    replayId = data.replayId;
    bar.update(data.sent);
    if (data.status === 'done') {
      bar.stop();
      out.result(data, () => out.line(`Sent ${count(data.sent, 'event')} as replay ${data.replayId}.`));
      if (data.refused > 0)
        out.warn(`The bus refused ${count(data.refused, 'event')}. No consumer received these.`);
      return;
    }
    if (data.status === 'running') await terminal.sleep(pauseMs);
  }
}
