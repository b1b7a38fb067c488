import * as z from 'zod';
import type { WebhookFilter } from './webhook.ts';

// The parameters that several operations share. Each error message continues the parameter's name: "limit
// must be …".

const text = z.string('must be text');

/** Sets the description of the kind of value that docs/operations.md shows. */
function form<Schema extends z.ZodType>(schema: Schema, name: string): Schema {
  return schema.meta({ form: name });
}

export const gid = form(text.regex(/^\d{1,32}$/, "must be one of Asana's gids, digits as text"), 'gid');

/** A bounded list of gids. */
export const gids = form(
  z
    .array(gid, 'must be a list of gids')
    .min(1, 'must name a resource')
    .max(1_000, 'must have at most 1,000 gids')
    .readonly(),
  'list of gids',
);

/** A name that a user chooses for a connection, a consumer or a replay. */
export const chosenName = form(
  text.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"'),
  'name',
);

/** A name that a user chooses for a subscription. */
export const subscriptionName = form(
  text.regex(
    /^[A-Za-z0-9_-][A-Za-z0-9_. -]{0,127}$/,
    'must be 1 to 128 letters, digits, spaces, "-", "_" or ".", and not begin with a space or "."',
  ),
  'name',
);

export const webhookGid = form(
  text.regex(
    /^(\d{1,32}|sub_[A-Za-z0-9_-]{22})$/,
    "must be a webhook's gid, digits as text, or a subscription id, sub_…",
  ),
  'gid or subscription',
);

export const flag = z.boolean('must be true or false');

/** Text from 1 to `max` characters. */
export function shortText(max: number) {
  return text.min(1, 'must not be empty').max(max, `must have at most ${max} characters`);
}

/** A whole number from 1 to `max`. */
export function upTo(max: number) {
  const bounds = `must be 1 to ${max}`;
  return z.int('must be a whole number').min(1, bounds).max(max, bounds);
}

export const address = form(
  z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).max(2_000, 'must be shorter'),
  'address',
);

export const moment = form(
  text
    .pipe(z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-23T10:00:00Z' }))
    .transform((written) => new Date(written)),
  'time',
);

/** The name of a resource type, an action or a field, spelled as in Asana's API. */
export const asanaName = form(
  text.regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be a name such as "task" or "due_on"'),
  'name',
);

const actions = ['changed', 'added', 'removed', 'deleted', 'undeleted'];

/**
 * A filter with the member names of Asana's API. The rule on `fields` is Asana's (OpenAPI description,
 * WebhookFilter). Asana answers with null for a member that is not set, so null is accepted as "not set".
 */
const filter = z
  .strictObject(
    {
      resource_type: asanaName.nullish(),
      resource_subtype: asanaName.nullish(),
      action: z.enum(actions, `must be one of ${actions.join(', ')}`).nullish(),
      fields: z.array(asanaName, 'must be a list of names').min(1, 'must name a field').readonly().nullish(),
    },
    'must be an object such as { "resource_type": "task", "action": "changed", "fields": ["due_on"] }',
  )
  .refine(
    (value) => Object.values(value).some(isSet),
    'must not be empty: specify a resource_type or an action',
  )
  .refine(
    (value) => !isSet(value.fields) || value.action === 'changed',
    'may have fields only with the action "changed"',
  )
  .transform(
    (value): WebhookFilter => Object.fromEntries(Object.entries(value).filter(([, member]) => isSet(member))),
  );

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

export const filters = form(z.array(filter, 'must be a list of filters').readonly(), 'list of filters');

/** Optional filters. Null means the same as leaving them out. */
export const optionalFilters = form(
  filters.nullable().transform((value) => value ?? undefined),
  'list of filters',
).optional();

const fieldName = text.regex(
  /^[A-Za-z0-9_.]{1,128}$/,
  'must be the name of a field, such as "resource.name"',
);

/** A JSON list, or one text with commas as the official client accepts it. */
const fieldNames = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value),
  z.array(fieldName, 'must be a list of field names, or one text with commas').min(1, 'must name a field'),
) as z.ZodType<readonly string[], string | readonly string[]>;

/** `optPretty` of Asana's input and output options. */
export const optPretty = flag
  .optional()
  .describe("Asana's `opt_pretty`: indents the body of Asana's answer. It does not change the result.");

/** Asana's input and output options. */
export const asanaOptions = {
  optFields: form(fieldNames, 'list of names, or text with commas')
    .optional()
    .describe("Asana's `opt_fields`: the fields of the webhook that Asana returns."),
  optPretty,
};

/** The connection to use. The default is the connection named `default`. */
export const connection = chosenName.default('default').describe('The connection to use.');

/** The connection to use. The default is the webhook's own connection. */
export const connectionOfWebhook = chosenName
  .optional()
  .describe("The connection to use. Default: the webhook's own, else `default`.");

export const plan = flag.optional().describe('Returns what would be done, and changes nothing.');

/** The parameters that all bulk operations share. */
export const bulk = {
  connection,
  plan,
  // Asana accepts 150 calls a minute from a token in a free domain, and up to 1,500 in a paid one.
  requestsPerMinute: upTo(1_500)
    .default(150)
    .describe(
      'The maximum number of calls to Asana per minute: 150 in a free domain, up to 1,500 in a paid one.',
    ),
};

/** Selects events of the event log. */
export const eventFilter = {
  webhookGid: webhookGid.optional().describe('Only events of this webhook or subscription.'),
  from: moment.optional().describe('Only events whose `created_at` is this time or later.'),
  to: moment.optional().describe('Only events whose `created_at` is this time or earlier.'),
  resource: gid.optional().describe('Only events of the resource with this gid.'),
  action: asanaName.optional().describe('Only events with this action.'),
};

/** Whether `from` is not later than `to`. */
export function isInOrder({ from, to }: { readonly from?: Date; readonly to?: Date }): boolean {
  return from === undefined || to === undefined || from <= to;
}

export const outOfOrder = { path: ['from'], error: 'must not be later than to' };

/** Selects dead letters. */
export const deadLetterFilter = {
  queue: chosenName.optional().describe('`dispatcher`, or the name of a consumer. Default: every queue.'),
  cause: shortText(256).optional().describe('Only dead letters with this cause.'),
  limit: upTo(1_000)
    .default(100)
    .describe('The maximum number of messages. Messages with another cause do not count.'),
};
