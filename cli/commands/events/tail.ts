import type { BusDetail } from '../../../contract/events/bus-event.ts';
import type { RequestOf } from '../../../contract/operations.ts';
import { type Context, command } from '../../command.ts';
import { describeEvent } from '../../console/describe-event.ts';
import { timeOfDay } from '../../console/time-of-day.ts';
import { Failed } from '../../errors.ts';
import { event } from '../../options.ts';

const pollMs = 1_000;
const maxPauseMs = 30_000;

/** How far each poll looks back. Asana may deliver an event minutes after it happened. */
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
      const { read, terminal } = context;
      const stop = new AbortController();
      terminal.onInterrupt(() => stop.abort());
      const filter = { webhookGid: read(webhook), resource: read(resource), action: read(action) };
      await follow(filter, context, stop.signal);
    };
  },
);

/** Shows events as they are stored, until Ctrl-C. A failed poll is retried. */
async function follow(
  filter: RequestOf<'listEvents'>,
  { manage, out, terminal }: Context,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set<string>();
  const startedAt = terminal.now().getTime();
  let isFirst = true;
  let failures = 0;
  out.note('Waiting for events. Ctrl-C stops.');
  while (!signal.aborted) {
    const from = new Date(Math.max(startedAt, terminal.now().getTime()) - lookBackMs).toISOString();
    try {
      for await (const stored of eventsSince(from, filter, manage)) {
        const key = `${stored.subscription} ${stored.id}`;
        if (seen.has(key)) continue;
        seen.add(key);
        // The first poll only marks the events that are already stored.
        if (!isFirst) out.result(stored, () => out.line(lineOf(stored)));
      }
      if (failures > 0) out.note('Connected again.');
      failures = 0;
      isFirst = false;
    } catch (error) {
      // A wrong command line cannot succeed later. Other failures may be temporary.
      if (!(error instanceof Failed)) throw error;
      if (failures === 0) out.warn(`${error.message.split('\n')[0]} Retrying.`);
      failures += 1;
    }
    await terminal.sleep(Math.min(maxPauseMs, pollMs * 2 ** failures), signal);
  }
}

function lineOf({ event: happened, webhook, subscription }: BusDetail): string {
  const where = `${webhook.connection} ${webhook.gid} ${subscription}`;
  return `${timeOfDay(happened.created_at)}  ${describeEvent(happened)}  (${where})`;
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
