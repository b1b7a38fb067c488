import { FilterNotationError, parseFilter, warningsOf } from '../contract/filter-notation.ts';
import type { WebhookFilter } from '../contract/webhook.ts';
import {
  type Arguments,
  argument,
  type Context,
  flag,
  list,
  number,
  type Parameter,
  type Take,
  text,
  textOr,
  time,
} from './command.ts';
import {
  connectionNames,
  consumerNames,
  filterNotations,
  queueNames,
  subscriptionNames,
  webhookNames,
} from './complete-values.ts';
import { Misuse } from './errors.ts';

// Options that several commands share.

export const connection = {
  ...textOr('connection', 'default', 'The connection to use'),
  values: connectionNames,
};

/** The connection. The default is the webhook's own. */
export const optionalConnection = {
  ...text('connection', "The connection to use, instead of the webhook's own or default"),
  values: connectionNames,
};

export const yes = flag('yes', 'Do not ask', 'y');

export const plan = flag('plan', 'Show what would change, and change nothing');

export const requestsPerMinute = number(
  'requests-per-minute',
  'Limit of calls to Asana per minute (Asana allows 150 in a free domain, up to 1,500 in a paid one)',
);

export const webhookHelp = "A webhook's gid or a subscription";

/** The subscription that a command is about. */
export const subscription = {
  ...argument('subscription', 'A subscription, or the gid of one of its webhooks'),
  values: subscriptionNames,
};

const onHelp = 'Filter: task.changed:due_on,completed, story.added, or a type alone. Repeatable';

/** `--on`, read as Asana's filters, with warnings about unknown names. */
export interface On {
  readonly filters: readonly WebhookFilter[];
  readonly warnings: readonly string[];
}

export const on = filtersOf(list('on', onHelp));

/** `--on`, required. */
export const requiredOn = filtersOf(list('on', onHelp, { required: true }));

function filtersOf(texts: Parameter<readonly string[] | undefined>): Parameter<On> {
  return {
    ...texts,
    values: filterNotations,
    read(given: Arguments) {
      const filters = (texts.read(given) ?? []).map(readFilter);
      return { filters, warnings: filters.flatMap(warningsOf) };
    },
  };
}

function readFilter(written: string): WebhookFilter {
  try {
    return parseFilter(written);
  } catch (error) {
    throw error instanceof FilterNotationError ? new Misuse(error.message) : error;
  }
}

/** Options that select events. */
export const event = {
  webhook: { ...text('webhook', 'Events of this webhook (gid or subscription)'), values: webhookNames },
  from: time('from', 'Events since this time: 2h, yesterday, 2026-11-23, 2026-11-23T10:00:00Z'),
  to: time('to', 'Events until this time'),
  resource: text('resource', 'Events of the resource with this gid'),
  action: text('action', 'Events with this action, for example changed'),
};

/** Takes all options that select events. Returns a function that reads them as the filter of an operation. */
export function takeEventFilter(take: Take) {
  const webhook = take(event.webhook);
  const from = take(event.from);
  const to = take(event.to);
  const resource = take(event.resource);
  const action = take(event.action);
  return (read: Context['read']) => ({
    webhookGid: read(webhook),
    from: read(from),
    to: read(to),
    resource: read(resource),
    action: read(action),
  });
}

/** Options that select dead letters. */
export const deadLetter = {
  queue: { ...text('queue', "dispatcher, or a consumer's name"), values: queueNames },
  cause: text('cause', 'Only those with this cause'),
  limit: number('limit', 'At most this many, without those of another cause'),
};

/** A command on dead letters did not read all of them. */
export const notAllRead =
  'There can be more dead letters. The command stopped at its limit or at the end of its time: run it again, or raise --limit.';

/** A consumer of the bus. */
export const consumer = { ...text('consumer', 'Send only to this consumer'), values: consumerNames };
