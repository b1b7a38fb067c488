import { FilterNotationError, parseFilter, warningsOf } from '../contract/filter-notation.ts';
import type { WebhookFilter } from '../contract/webhook.ts';
import { type Arguments, flag, list, number, type Parameter, text, textOr, time } from './command.ts';
import {
  connectionNames,
  consumerNames,
  filterNotations,
  queueNames,
  webhookGids,
} from './complete-values.ts';
import { Misuse } from './errors.ts';

// The options that several commands take.

export const connection = {
  ...textOr('connection', 'default', 'The connection to use'),
  values: connectionNames,
};

/** The connection, where the webhook's own is used unless one is named. */
export const optionalConnection = {
  ...text('connection', "The connection to use, instead of the webhook's own or default"),
  values: connectionNames,
};

export const yes = flag('yes', 'Do not ask', 'y');

export const plan = flag('plan', 'Only say what would be done');

export const requestsPerMinute = number(
  'requests-per-minute',
  'Calls that Asana may get in a minute (150 in a free domain, up to 1,500 in a paid one)',
);

export const webhookHelp = "A webhook's gid or a subscription";

const onHelp =
  'What Asana sends: task.changed:due_on,completed, story.added, or a type alone. Can be given several times';

/** `--on`, read as Asana's filters, with what is unusual about them. */
export interface On {
  readonly filters: readonly WebhookFilter[];
  readonly warnings: readonly string[];
}

export const on = filtersOf(list('on', onHelp));

/** `--on`, where it must be there. */
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

/** Which events are meant. */
export const event = {
  webhook: { ...text('webhook', "Of this webhook's gid or subscription"), values: webhookGids },
  from: time('from', 'From this time: 2h, yesterday, 2026-11-23, 2026-11-23T10:00:00Z'),
  to: time('to', 'Up to this time'),
  resource: text('resource', 'Of the resource with this gid'),
  action: text('action', 'Of this action, as in changed'),
};

/** Which dead letters are meant. */
export const deadLetter = {
  queue: { ...text('queue', "dispatcher, or a consumer's name"), values: queueNames },
  cause: text('cause', 'Only those with this cause'),
  limit: number('limit', 'Look at so many at most'),
};

/** A consumer of the bus. */
export const consumer = { ...text('consumer', 'To this consumer alone'), values: consumerNames };
