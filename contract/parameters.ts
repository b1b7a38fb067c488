import * as z from 'zod';
import type { WebhookFilter } from './webhook.ts';

// The parameters that several operations share. Each error message continues the parameter's name: "limit must be …".

const text = z.string('must be text');

/** Names the kind of value for people, in docs/operations.md. */
function form<Schema extends z.ZodType>(schema: Schema, name: string): Schema {
  return schema.meta({ form: name });
}

export const gid = form(text.regex(/^\d{1,32}$/, "must be one of Asana's gids, digits as text"), 'gid');

/** A bounded list of gids. */
export const gids = form(
  z
    .array(gid, 'must be a list of gids')
    .min(1, 'must name a resource')
    .max(1_000, 'must have 1,000 gids at the most')
    .readonly(),
  'list of gids',
);

/** Names that people choose: of connections, consumers, replays. */
export const chosenName = form(
  text.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"'),
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
  return text.min(1, 'must not be empty').max(max, `must have ${max} characters at the most`);
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

/** The name of a resource type, an action or a field, in Asana's spelling. */
export const asanaName = form(
  text.regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be a name as in "task" or "due_on"'),
  'name',
);

const actions = ['changed', 'added', 'removed', 'deleted', 'undeleted'];

/**
 * A filter in the words of Asana's API. The rule on `fields` is Asana's (OpenAPI description, WebhookFilter). Asana
 * returns null for what is not set, so null is accepted and means the same.
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
    'must say something: name a resource_type or an action',
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

/** Filters that may be left out. Null is the same as leaving them out. */
export const optionalFilters = form(
  filters.nullable().transform((value) => value ?? undefined),
  'list of filters',
).optional();

const fieldName = text.regex(/^[A-Za-z0-9_.]{1,128}$/, 'must be the name of a field, as in "resource.name"');

/** The official client takes the fields as one text; a list is what JSON has for it. */
const fieldNames = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value),
  z.array(fieldName, 'must be a list of field names, or one text with commas').min(1, 'must name a field'),
) as z.ZodType<readonly string[], string | readonly string[]>;

/** `optPretty` of Asana's input and output options. */
export const optPretty = flag
  .optional()
  .describe("Asana's `opt_pretty`: indents Asana's body on the wire. It changes nothing here.");

/** Asana's input and output options. */
export const asanaOptions = {
  optFields: form(fieldNames, 'list of names, or text with commas')
    .optional()
    .describe("Asana's `opt_fields`: what Asana shows of the webhook."),
  optPretty,
};

/** The connection to use, `default` where none is named. */
export const connection = chosenName.default('default').describe('The connection to use.');

/** The connection to use; the webhook's own where none is named. */
export const connectionOfWebhook = chosenName
  .optional()
  .describe("The connection to use. Default: the webhook's own, else `default`.");

export const plan = flag.optional().describe('Only returns what would be done.');

/** What all bulk operations can be told. */
export const bulk = {
  connection,
  plan,
  // Asana accepts 150 calls a minute from a token in a free domain, and up to 1,500 in a paid one.
  requestsPerMinute: upTo(1_500)
    .default(150)
    .describe('How many calls Asana may get in a minute: 150 in a free domain, up to 1,500 in a paid one.'),
};

/** Which events of the event log are meant. */
export const eventFilter = {
  webhookGid: webhookGid.optional().describe('Only events of this webhook or subscription.'),
  from: moment.optional().describe('Only events whose `created_at` is this time or later.'),
  to: moment.optional().describe('Only events whose `created_at` is this time or earlier.'),
  resource: gid.optional().describe('Only events of the resource with this gid.'),
  action: asanaName.optional().describe('Only events of this action.'),
};

/** Whether `from` is not later than `to`. */
export function isInOrder({ from, to }: { readonly from?: Date; readonly to?: Date }): boolean {
  return from === undefined || to === undefined || from <= to;
}

export const outOfOrder = { path: ['from'], error: 'must not be later than to' };

/** Which dead letters are meant. */
export const deadLetterFilter = {
  queue: chosenName.optional().describe('`dispatcher`, or the name of a consumer. Default: every queue.'),
  cause: shortText(256).optional().describe('Only dead letters with this cause.'),
  limit: upTo(1_000).default(100).describe('How many messages are looked at, at most.'),
};
