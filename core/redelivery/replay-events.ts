import { randomBytes } from 'node:crypto';
import type { ReplayPlan, ReplayProgress } from '../../contract/operations/replay-events.ts';
import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { keyOf, type LoggedEvent } from '../event.ts';
import { toBusEntry } from '../publishing/bus-entry.ts';
import { publish } from '../publishing/publish.ts';
import { sha256 } from '../sha256.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { EventPosition, ReplayState } from './ports.ts';
import { type EventFilter, readEvents } from './read-events.ts';
import type { RedeliveryServices } from './services.ts';

type ReplayParameters = ParametersOf<'replayEvents'>;

const maxPageSize = 100;
const planPageSize = 1_000;

/** The part of the invocation's time that is reserved for saving the position and returning the result. */
const answerReserveMs = 5_000;

/** How long a replay can be continued. During this time its id cannot be used for another replay. */
const replayRetentionMs = 30 * 24 * 3_600_000;

/** Sends events of the event log again. With `plan`, only returns which events would be sent. */
export async function replayEvents(
  parameters: ReplayParameters,
  services: RedeliveryServices,
): Promise<ResultOf<'replayEvents'>> {
  checkConsumer(parameters, services);
  const data = parameters.plan ? await plan(parameters, services) : await replay(parameters, services);
  return { data };
}

/**
 * Each consumer has a dead-letter queue with its name. An event for any other consumer would match no rule.
 */
function checkConsumer({ consumer }: ReplayParameters, { deadLetters }: RedeliveryServices): void {
  const consumers = deadLetters.names.filter((name) => name !== 'dispatcher');
  if (consumer === undefined || consumers.includes(consumer)) return;
  throw new NamedError(
    'UnknownConsumer',
    `There is no consumer "${consumer}". Existing consumers: ${consumers.length === 0 ? 'none' : consumers.join(', ')}. Nothing was sent.`,
  );
}

async function plan(filter: EventFilter, services: RedeliveryServices): Promise<ReplayPlan> {
  let count = 0;
  let from: string | null = null;
  let to: string | null = null;
  for await (const { events, next } of readEvents(filter, { pageSize: planPageSize }, services)) {
    count += events.length;
    for (const { createdAt } of events) {
      if (createdAt === undefined) continue;
      const time = new Date(createdAt).toISOString();
      if (from === null || time < from) from = time;
      if (to === null || time > to) to = time;
    }
    if (next !== undefined && workTime(services).isUp())
      return { events: count, from, to, isComplete: false };
  }
  return { events: count, from, to, isComplete: true };
}

/**
 * Sends a replay's events at a bounded rate, until the end of the invocation's time. The position is saved
 * after each page, so a replay that was killed sends at most one page twice. The events carry the replay's
 * id.
 *
 * @throws NamedError ReplayIdReused, ReplayTakenOver, EventBusUnavailable
 */
async function replay(parameters: ReplayParameters, services: RedeliveryServices): Promise<ReplayProgress> {
  const begun = await begin(parameters, services);
  if (begun.kind !== 'ours') return progressOf(begun.state, begun.kind);
  let { state } = begun;
  try {
    for await (const step of sendPages(parameters, state, services)) {
      state = await save(
        {
          ...state,
          position: step.position ?? state.position,
          sent: state.sent + step.sent,
          refused: state.refused + step.refused,
          isDone: step.isDone,
        },
        services,
      );
      if (step.isStuck) throw busUnavailable(state);
    }
  } finally {
    // In every case, end the lease now, so that the next call need not wait until it expires.
    if (!state.isDone) await save({ ...state, leaseEndsAt: services.now() }, services).catch(() => undefined);
  }
  return progressOf(state, state.isDone ? 'done' : 'paused');
}

/** The outcome of one page. */
interface Step {
  readonly position: EventPosition | undefined;
  readonly sent: number;
  readonly refused: number;
  readonly isDone: boolean;
  /** Whether the bus does not accept the next event. */
  readonly isStuck: boolean;
}

/** Sends page after page, until all events are sent or the time is up. */
async function* sendPages(
  { eventsPerSecond, consumer, replayId: _, plan: __, ...filter }: ReplayParameters,
  { id, at, position }: ReplayState,
  services: RedeliveryServices,
): AsyncGenerator<Step> {
  const occasion = { replay: { id, at: at.toISOString() }, consumer };
  const pageSize = Math.min(maxPageSize, eventsPerSecond);
  for await (const { events, next } of readEvents(filter, { pageSize, begin: position }, services)) {
    const startedAt = services.now().getTime();
    // Events that arrive while the replay runs are delivered to the consumers anyway.
    const due = events.filter((event) => !isLater(event, at));
    const entries = due.map((event) => toBusEntry(event, occasion));
    const { published, refused, left, leftBecause } = await publish(entries, {
      ...services,
      time: workTime(services),
    });
    const step = { sent: published.length, refused: refused.length };
    if (left.length > 0) {
      const last = due[due.findIndex(({ eventId }) => eventId === left[0]?.eventId) - 1];
      // If only the time was up, the bus accepts events: the next call continues.
      yield { ...step, position: last && keyOf(last), isDone: false, isStuck: leftBecause !== undefined };
      return;
    }
    yield { ...step, position: next, isDone: next === undefined, isStuck: false };
    const pageMs = (entries.length * 1_000) / eventsPerSecond;
    const restMs = Math.max(0, pageMs - (services.now().getTime() - startedAt));
    // Sleep before returning, too, so that a call that continues at once keeps the rate.
    if (restMs > 0) await services.sleep(restMs);
    if (workTime(services).isUp(pageMs)) return;
  }
}

function busUnavailable({ id, sent }: ReplayState): NamedError {
  return new NamedError(
    'EventBusUnavailable',
    `The bus does not accept the events of the replay ${id} after ${sent} events. Call again with this replayId to continue.`,
  );
}

function isLater({ createdAt }: LoggedEvent, moment: Date): boolean {
  return createdAt !== undefined && Date.parse(createdAt) > moment.getTime();
}

type Begun = { readonly kind: 'ours' | 'done' | 'running'; readonly state: ReplayState };

async function begin(parameters: ReplayParameters, services: RedeliveryServices): Promise<Begun> {
  const { replays, now, time } = services;
  const id = parameters.replayId ?? `rpl_${randomBytes(16).toString('base64url')}`;
  const fingerprint = fingerprintOf(parameters);
  const stored = await replays.find(id);
  if (stored !== undefined && stored.fingerprint !== fingerprint) {
    throw new NamedError(
      'ReplayIdReused',
      'This replayId was used with other parameters. Choose a new replayId for a new replay, or use the same parameters to continue that replay.',
    );
  }
  if (stored?.isDone) return { kind: 'done', state: stored };
  if (stored !== undefined && stored.leaseEndsAt > now()) return { kind: 'running', state: stored };
  const state: ReplayState = {
    ...(stored ?? { id, fingerprint, at: now(), isDone: false, sent: 0, refused: 0 }),
    leaseEndsAt: time.endsAt,
    version: (stored?.version ?? 0) + 1,
    expiresAt: new Date(now().getTime() + replayRetentionMs),
  };
  if (await replays.save(state, stored?.version)) return { kind: 'ours', state };
  // Another invocation began or continued this replay at the same moment.
  return { kind: 'running', state: (await replays.find(id)) ?? state };
}

/** Identifies the parameters of a replay, except the rate: a replay may be continued faster or slower. */
function fingerprintOf({ webhookGid, from, to, resource, action, consumer }: ReplayParameters): string {
  const identity = [webhookGid, from?.toISOString(), to?.toISOString(), resource, action, consumer];
  return sha256(JSON.stringify(identity));
}

async function save(state: ReplayState, { replays }: RedeliveryServices): Promise<ReplayState> {
  const next = { ...state, version: state.version + 1 };
  if (await replays.save(next, state.version)) return next;
  throw new NamedError(
    'ReplayTakenOver',
    `Another invocation has taken over the replay ${state.id}. Call again to see its progress.`,
  );
}

/** The time in which pages may be sent. */
function workTime({ time }: RedeliveryServices): TimeBudget {
  return time.keep(answerReserveMs);
}

function progressOf(
  { id, at, sent, refused }: ReplayState,
  status: ReplayProgress['status'],
): ReplayProgress {
  return { replayId: id, status, at: at.toISOString(), sent, refused };
}
