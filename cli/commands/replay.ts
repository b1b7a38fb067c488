import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestOf } from '../../contract/operations.ts';
import { type Context, command, number, text } from '../command.ts';
import { event, plan } from '../options.ts';
import { count } from '../output.ts';

const pauseMs = 1_000;

/** Sends stored events again, and calls again until it is done. */
export const replay = command(
  'replay',
  {
    summary: 'Send stored events again',
    examples: [['replay --from 2026-11-23T10:00:00Z --consumer billing --plan', '']],
  },
  (take) => {
    const webhook = take(event.webhook);
    const from = take(event.from);
    const to = take(event.to);
    const resource = take(event.resource);
    const action = take(event.action);
    const consumer = take(text('consumer', 'To this consumer alone'));
    const rate = take(number('events-per-second', 'So many in a second at most'));
    const replayId = take(text('replay-id', 'Names the replay, to go on with it'));
    const isPlan = take(plan);

    return async (context) => {
      const { read, manage, out } = context;
      const filter = {
        webhookGid: read(webhook),
        from: read(from),
        to: read(to),
        resource: read(resource),
        action: read(action),
      };
      const { data: planned } = await manage('replayEvents', { ...filter, plan: true });
      if (!('events' in planned)) throw new Error('A plan was asked for, and something else came back');
      if (read(isPlan)) {
        const { events, from: first, to: last } = planned;
        return out.result(planned, () =>
          out.line(`${count(events, 'event')}${events > 0 ? `, from ${first} to ${last}` : ''}.`),
        );
      }
      const request = { ...filter, consumer: read(consumer), eventsPerSecond: read(rate) };
      await send({ ...request, replayId: read(replayId) }, planned.events, context);
    };
  },
);

async function send(
  request: RequestOf<'replayEvents'>,
  total: number,
  { manage, out }: Context,
): Promise<void> {
  const bar = out.progress(total, 'events');
  let { replayId } = request;
  for (;;) {
    const { data } = await manage('replayEvents', { ...request, replayId });
    if (!('status' in data)) throw new Error('A replay was asked for, and something else came back');
    replayId = data.replayId;
    bar.update(data.sent);
    if (data.status === 'done') {
      bar.stop();
      out.result(data, () => out.line(`Sent ${count(data.sent, 'event')} as replay ${data.replayId}.`));
      return;
    }
    if (data.status === 'running') await sleep(pauseMs);
  }
}
