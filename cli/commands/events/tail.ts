import { setTimeout as sleep } from 'node:timers/promises';
import type { BusDetail } from '../../../contract/events/bus-event.ts';
import type { RequestOf } from '../../../contract/operations.ts';
import { type Context, command } from '../../command.ts';
import { describeEvent } from '../../describe-event.ts';
import { event } from '../../options.ts';

const pollMs = 1_000;

/** An event is looked for once more for so long: Asana may deliver it minutes after it happened. */
const lookBackMs = 15 * 60_000;

export const tail = command(
  'tail',
  {
    summary: 'Show events as they are stored, until Ctrl-C',
    examples: [['events tail --webhook sub_OfWmBv2tq0mIXpJ3H5nAfQ', '']],
  },
  (take) => {
    const webhook = take(event.webhook);
    const resource = take(event.resource);
    const action = take(event.action);

    return async (context) => {
      const { read } = context;
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      const filter = { webhookGid: read(webhook), resource: read(resource), action: read(action) };
      await follow(filter, context, stop.signal);
    };
  },
);

/** Shows events as they are stored, until it is stopped. */
async function follow(
  filter: RequestOf<'listEvents'>,
  { manage, out }: Context,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set<string>();
  const startedAt = Date.now();
  out.note('Waiting for events. Ctrl-C stops.');
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const from = new Date(Math.max(startedAt, Date.now()) - lookBackMs).toISOString();
    for await (const stored of eventsSince(from, filter, manage)) {
      const key = `${stored.subscription} ${stored.id}`;
      if (seen.has(key)) continue;
      seen.add(key);
      // What was there before is not news.
      if (isFirst) continue;
      out.result(stored, () => out.line(`${stored.event.created_at ?? ''}  ${describeEvent(stored.event)}`));
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function* eventsSince(
  from: string,
  filter: RequestOf<'listEvents'>,
  manage: Context['manage'],
): AsyncGenerator<BusDetail> {
  let nextToken: string | null | undefined;
  do {
    const page = await manage('listEvents', {
      ...filter,
      from,
      limit: 1_000,
      ...(nextToken && { nextToken }),
    });
    yield* page.data;
    nextToken = page.nextToken;
  } while (nextToken !== null);
}
