import { FilterNotationError, parseFilter } from '../contract/filter-notation.ts';
import type { WebhookFilter } from '../contract/webhook.ts';
import { type Arguments, flag, list, number, type Parameter, text, textOr } from './command.ts';
import { Misuse } from './errors.ts';

// The options that several commands take.

export const connection = textOr('connection', 'default', 'The connection to use');

export const yes = flag('yes', 'Do not ask', 'y');

export const plan = flag('plan', 'Only say what would be done');

export const requestsPerMinute = number(
  'requests-per-minute',
  'Calls that Asana may get in a minute (150 in a free domain, up to 1,500 in a paid one)',
);

export const webhookHelp = "A webhook's gid or a subscription";

const onHelp =
  'What to hear of: task.changed:due_on,completed, story.added, or a type alone. Can be given several times';

/** `--on`, read as Asana's filters. */
export const on = filtersOf(list('on', onHelp));

/** `--on`, where it must be there. */
export const requiredOn = filtersOf(list('on', onHelp, { required: true }));

function filtersOf(texts: Parameter<readonly string[] | undefined>): Parameter<readonly WebhookFilter[]> {
  return { ...texts, read: (given: Arguments) => (texts.read(given) ?? []).map(readFilter) };
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
  webhook: text('webhook', "Of this webhook's gid or subscription"),
  from: text('from', 'From this time, as in 2026-11-23T10:00:00Z'),
  to: text('to', 'Up to this time'),
  resource: text('resource', 'Of the resource with this gid'),
  action: text('action', 'Of this action, as in changed'),
};

/** Which dead letters are meant. */
export const deadLetter = {
  queue: text('queue', "dispatcher, or a consumer's name"),
  cause: text('cause', 'Only those with this cause'),
  limit: number('limit', 'Look at so many at most'),
};
