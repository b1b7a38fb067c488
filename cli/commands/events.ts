import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { count } from '../output.ts';

export interface EventFilter {
  readonly webhookGid?: string;
  readonly from?: string;
  readonly to?: string;
  readonly resource?: string;
  readonly action?: string;
}

interface StoredEvent {
  readonly id: string;
  readonly subscription: string;
  readonly webhook: { readonly gid: string };
  readonly event: {
    readonly created_at?: string;
    readonly action?: string;
    readonly resource?: { readonly gid?: string; readonly resource_type?: string };
    readonly change?: { readonly field?: string };
    readonly user?: { readonly gid?: string } | null;
  };
}

interface Page {
  readonly data: readonly StoredEvent[];
  readonly nextToken: string | null;
}

const pollMs = 1_000;

/** An event is looked for once more for so long: Asana may deliver it minutes after it happened. */
const lookBackMs = 15 * 60_000;

export async function listEvents(
  { limit, ...filter }: EventFilter & { readonly limit: number },
  { manage, out }: Context,
): Promise<void> {
  const { data, nextToken } = await manage<Page>({ operation: 'listEvents', ...filter, limit });
  out.result(data, () => {
    out.table(
      ['TIME', 'WHAT', 'BY', 'WEBHOOK', 'EVENT'],
      data.map((stored) => [
        stored.event.created_at,
        describe(stored),
        stored.event.user?.gid,
        stored.webhook.gid,
        stored.id,
      ]),
      'There is no such event.',
    );
    if (nextToken !== null)
      out.note(`There are more than ${limit}: ask for a shorter time, or a larger --limit.`);
  });
}

/** Shows events as they are stored, until it is stopped. */
export async function tailEvents(
  filter: Pick<EventFilter, 'webhookGid' | 'resource' | 'action'>,
  { manage, out }: Context,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set<string>();
  const startedAt = Date.now();
  out.note('Waiting for events. Ctrl-C stops.');
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const from = new Date(Math.max(startedAt, Date.now()) - lookBackMs).toISOString();
    for await (const stored of pagesSince(from, filter, manage)) {
      const key = `${stored.subscription} ${stored.id}`;
      if (seen.has(key)) continue;
      seen.add(key);
      // What was there before is not news.
      if (isFirst) continue;
      out.result(stored, () => out.line(`${stored.event.created_at ?? ''}  ${describe(stored)}`));
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function* pagesSince(
  from: string,
  filter: EventFilter,
  manage: Context['manage'],
): AsyncGenerator<StoredEvent> {
  let nextToken: string | undefined;
  do {
    const page: Page = await manage<Page>({
      operation: 'listEvents',
      ...filter,
      from,
      limit: 1_000,
      nextToken,
    });
    yield* page.data;
    nextToken = page.nextToken ?? undefined;
  } while (nextToken !== undefined);
}

function describe({ event }: StoredEvent): string {
  const { resource, action, change } = event;
  const subject = resource ? `${resource.resource_type ?? 'resource'} ${resource.gid}` : 'event';
  return `${subject} ${action ?? ''}${change?.field ? `: ${change.field}` : ''}`;
}

interface Replayed {
  readonly replayId: string;
  readonly status: 'done' | 'paused' | 'running';
  readonly sent: number;
  readonly refused: number;
}

/** Sends stored events again, and calls again until it is done. */
export async function replay(
  {
    plan,
    replayId,
    consumer,
    eventsPerSecond,
    ...filter
  }: EventFilter & { plan: boolean; replayId?: string; consumer?: string; eventsPerSecond?: number },
  { manage, out }: Context,
): Promise<void> {
  const counted = await manage<{
    data: { readonly events: number; readonly from: string; readonly to: string };
  }>({
    operation: 'replayEvents',
    ...filter,
    plan: true,
  });
  const { events, from, to } = counted.data;
  if (plan) {
    out.result(counted.data, () =>
      out.line(`${count(events, 'event')}${events > 0 ? `, from ${from} to ${to}` : ''}.`),
    );
    return;
  }
  const bar = out.progress(events, 'events');
  let id = replayId;
  for (;;) {
    const { data } = await manage<{ data: Replayed }>({
      operation: 'replayEvents',
      ...filter,
      consumer,
      eventsPerSecond,
      ...(id !== undefined && { replayId: id }),
    });
    id = data.replayId;
    bar.update(data.sent);
    if (data.status === 'done') {
      bar.stop();
      out.result(data, () => out.line(`Sent ${count(data.sent, 'event')} as replay ${data.replayId}.`));
      return;
    }
    if (data.status === 'running') await sleep(pollMs);
  }
}
