import { AsanaFault } from './errors.ts';
import { toWebhookForm } from './events.ts';
import type { Faults } from './faults.ts';
import { passes } from './filters.ts';
import type { RecordedEvent, SimulatedWebhook, World } from './model.ts';
import { postTo, type TargetAnswer } from './post.ts';
import { signatureOf } from './sign.ts';

/** The record of one POST to a target, for tests. */
export interface DeliveryRecord {
  readonly at: string;
  readonly webhook: string;
  readonly kind: 'handshake' | 'events' | 'heartbeat';
  /** 0 for the first attempt. */
  readonly retry: number;
  /** The status of the answer, or the reason why the target did not answer. */
  readonly answer: number | string;
  readonly events: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends events and heartbeats, and retries failed requests. */
export interface Deliveries {
  readonly log: DeliveryRecord[];
  /** Starts the heartbeats of a new webhook. */
  begin(webhook: SimulatedWebhook): void;
  /** Delivers events unchanged, with any content. */
  inject(webhook: SimulatedWebhook, events: readonly Record<string, unknown>[]): void;
  /** Sends the waiting events now, before their scheduled time. */
  flush(): Promise<void>;
  /** Sends a webhook's last delivery again, unchanged. This works also after the webhook's deletion. */
  resend(webhookGid: string): Promise<void>;
}

interface Queue {
  readonly webhook: SimulatedWebhook;
  pending: Record<string, unknown>[];
  /** The events of the failed request, if a retry repeats the same request. */
  failed?: readonly Record<string, unknown>[];
  isSending: boolean;
  cancel: () => void;
}

export function createDeliveries(world: World, faults: Faults): Deliveries {
  const { clock, knobs } = world;
  const queues = new Map<string, Queue>();
  const log: DeliveryRecord[] = [];

  world.listeners.add((event) => {
    for (const webhook of world.webhooks.values()) {
      if (hears(webhook, event)) enqueue(webhook, [toWebhookForm(event)]);
    }
  });

  function queueOf(webhook: SimulatedWebhook): Queue {
    const queue = queues.get(webhook.gid) ?? {
      webhook,
      pending: [],
      isSending: false,
      cancel: () => undefined,
    };
    queues.set(webhook.gid, queue);
    return queue;
  }

  function enqueue(webhook: SimulatedWebhook, events: readonly Record<string, unknown>[]): void {
    if (faults.take('delivery', (fault) => fault.kind === 'lose-events' && fits(fault, webhook))) return;
    const queue = queueOf(webhook);
    const isFirst = queue.pending.length === 0;
    queue.pending.push(...events);
    // While a webhook fails, its events wait for the next attempt.
    if (isFirst && webhook.next_attempt_after === null) plan(queue, knobs.batchWindowMs);
  }

  function plan(queue: Queue, afterMs: number): void {
    queue.cancel();
    queue.cancel = clock.schedule(clock.now().getTime() + afterMs, () => send(queue));
  }

  function planHeartbeat(webhook: SimulatedWebhook, afterMs: number): void {
    clock.schedule(clock.now().getTime() + afterMs, async () => {
      if (!world.webhooks.has(webhook.gid)) return;
      planHeartbeat(webhook, knobs.heartbeatMs);
      if (webhook.next_attempt_after === null) await send(queueOf(webhook), { heartbeat: true });
    });
  }

  async function send(queue: Queue, { heartbeat = false } = {}): Promise<void> {
    const { webhook } = queue;
    if (queue.isSending || !world.webhooks.has(webhook.gid)) return;
    queue.isSending = true;
    const events = heartbeat ? [] : (queue.failed ?? queue.pending.slice(0, knobs.maxBatch));
    try {
      const answer = await post(webhook, shape(webhook, events), webhook.delivery_retry_count);
      if (isSuccess(answer)) {
        queue.pending = queue.pending.filter((event) => !events.includes(event));
        queue.failed = undefined;
        succeed(webhook);
        if (queue.pending.length > 0) plan(queue, 0);
      } else {
        if (knobs.retryBody === 'identical') queue.failed = events;
        fail(queue, answer);
      }
    } finally {
      queue.isSending = false;
    }
  }

  function shape(webhook: SimulatedWebhook, events: readonly Record<string, unknown>[]) {
    const takes = (kind: string) =>
      faults.take('delivery', (fault) => fault.kind === kind && fits(fault, webhook));
    if (events.length === 0) return events;
    const ordered = takes('reverse') ? [...events].reverse() : events;
    if (!takes('shuffle-members')) return ordered;
    return ordered.map((event) => Object.fromEntries(Object.entries(event).reverse()));
  }

  async function post(
    webhook: SimulatedWebhook,
    events: readonly Record<string, unknown>[],
    retry: number,
  ): Promise<TargetAnswer> {
    const kind = events.length === 0 ? 'heartbeat' : 'events';
    const body = JSON.stringify({ events });
    const isSigned = kind === 'events' || knobs.signHeartbeats;
    const headers = {
      'Content-Type': 'application/json; charset=UTF-8',
      ...(isSigned && { 'X-Hook-Signature': signatureOf(webhook.secret, body) }),
    };
    const once = async (): Promise<TargetAnswer> => {
      const answer = await postTo(webhook.target, headers, body, clock.timeout(knobs.answerTimeoutMs));
      record({
        webhook: webhook.gid,
        kind,
        retry,
        answer: inShort(answer),
        events: events.length,
        body,
        headers,
      });
      return answer;
    };
    const happens = (fault: string) =>
      kind === 'events' &&
      faults.take(
        'delivery',
        ({ kind, webhook: about }) => kind === fault && (about ?? webhook.gid) === webhook.gid,
      );
    const answer = await once();
    if (happens('duplicate')) await once();
    return happens('lost-answer') ? { kind: 'none', why: 'the answer was lost' } : answer;
  }

  function record(entry: Omit<DeliveryRecord, 'at'>): void {
    log.push({ at: clock.now().toISOString(), ...entry });
  }

  function isSuccess(answer: TargetAnswer): boolean {
    if (answer.kind === 'none') return false;
    return knobs.acceptAnySuccess
      ? answer.status >= 200 && answer.status < 300
      : [200, 204].includes(answer.status);
  }

  function succeed(webhook: SimulatedWebhook): void {
    webhook.last_success_at = clock.now().toISOString();
    webhook.delivery_retry_count = 0;
    webhook.next_attempt_after = null;
    webhook.failure_deletion_timestamp = null;
  }

  function fail(queue: Queue, answer: TargetAnswer): void {
    const { webhook } = queue;
    const nowMs = clock.now().getTime();
    const pauseMs = Math.min(knobs.longestRetryMs, knobs.firstRetryMs * 2 ** webhook.delivery_retry_count);
    webhook.last_failure_at = new Date(nowMs).toISOString();
    webhook.last_failure_content = contentOf(answer);
    webhook.delivery_retry_count += 1;
    webhook.failure_deletion_timestamp ??= new Date(nowMs + knobs.deleteAfterMs).toISOString();
    const isOver = nowMs + pauseMs >= Date.parse(webhook.failure_deletion_timestamp);
    const isGone = answer.kind === 'answer' && answer.status === 410 && knobs.deleteOn410;
    if (isGone) {
      world.webhooks.delete(webhook.gid);
      return;
    }
    if (isOver) {
      clock.schedule(Date.parse(webhook.failure_deletion_timestamp), () => {
        if (webhook.failure_deletion_timestamp !== null) world.webhooks.delete(webhook.gid);
      });
    }
    webhook.next_attempt_after = new Date(nowMs + pauseMs).toISOString();
    plan(queue, pauseMs);
  }

  return {
    log,
    begin: (webhook) => planHeartbeat(webhook, knobs.firstHeartbeatMs),
    inject(webhook, events) {
      requireWritable(events);
      enqueue(webhook, events);
    },
    async flush() {
      await clock.idle();
      for (const queue of queues.values()) {
        while (
          queue.pending.length > 0 &&
          queue.webhook.next_attempt_after === null &&
          world.webhooks.has(queue.webhook.gid)
        ) {
          queue.cancel();
          await send(queue);
        }
      }
    },
    async resend(webhookGid) {
      const last = log.filter(({ webhook, kind }) => webhook === webhookGid && kind === 'events').at(-1);
      const target = queues.get(webhookGid)?.webhook.target;
      if (!last || !target) throw new AsanaFault(404, `Webhook ${webhookGid} has no delivery of events yet`);
      const answer = await postTo(target, last.headers, last.body, clock.timeout(knobs.answerTimeoutMs));
      record({ ...last, answer: inShort(answer) });
    },
  };
}

/** @throws AsanaFault 400 */
function requireWritable(events: readonly Record<string, unknown>[]): void {
  try {
    JSON.stringify(events);
  } catch {
    throw new AsanaFault(
      400,
      'events: Cannot be serialized as JSON, for example because they are nested too deeply',
    );
  }
}

function fits(fault: { readonly webhook?: string }, webhook: SimulatedWebhook): boolean {
  return fault.webhook === undefined || fault.webhook === webhook.gid;
}

function hears(webhook: SimulatedWebhook, event: RecordedEvent): boolean {
  return webhook.active && event.heardBy.has(webhook.resource.gid) && passes(event, webhook.filters);
}

function inShort(answer: TargetAnswer): number | string {
  return answer.kind === 'answer' ? answer.status : answer.why;
}

/** Returns the status, an empty line and the body of the answer, in the form that Asana shows. */
function contentOf(answer: TargetAnswer): string {
  return answer.kind === 'answer' ? `${answer.status}\n\n${answer.body}` : answer.why;
}
