import * as z from 'zod';
import { ManagementError } from '../core/errors.ts';

const gid = z.string('must be text').regex(/^\d{1,32}$/, "must be one of Asana's gids, digits as text");

/** Names that people choose: of connections, consumers, replays. */
const chosenName = z
  .string('must be text')
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"');

const webhookGid = z
  .string('must be text')
  .regex(
    /^(\d{1,32}|sub_[A-Za-z0-9_-]{22})$/,
    "must be a webhook's gid, digits as text, or a subscription id, sub_…",
  );

const fieldName = z
  .string('must be text')
  .regex(/^[A-Za-z0-9_.]{1,128}$/, 'must be the name of a field, as in "resource.name"');

/** The official client takes the fields as one text; a list is what JSON has for it. */
const optFields = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value),
  z.array(fieldName, 'must be a list of field names, or one text with commas').min(1, 'must name a field'),
);

const optPretty = z.boolean('must be true or false');

const actions = ['changed', 'added', 'removed', 'deleted', 'undeleted'];

const name = z
  .string('must be text')
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be a name as in "task" or "due_on"');

/** A filter in the words of Asana's API. The rule on `fields` is Asana's (OpenAPI description, WebhookFilter). */
const filter = z
  .strictObject(
    {
      resource_type: name.optional(),
      resource_subtype: name.optional(),
      action: z.enum(actions, `must be one of ${actions.join(', ')}`).optional(),
      fields: z.array(name, 'must be a list of names').min(1, 'must name a field').optional(),
    },
    'must be an object such as { "resource_type": "task", "action": "changed", "fields": ["due_on"] }',
  )
  .refine((value) => Object.keys(value).length > 0, 'must say something: name a resource_type or an action')
  .refine(
    (value) => value.fields === undefined || value.action === 'changed',
    'may have fields only with the action "changed"',
  );

const filters = z.array(filter, 'must be a list of filters');

const target = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
  .max(2_000, 'must be shorter');

const moment = z
  .string('must be text')
  .pipe(z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-23T10:00:00Z' }))
  .transform((text) => new Date(text));

const eventFilter = {
  webhookGid: webhookGid.optional(),
  from: moment.optional(),
  to: moment.optional(),
  resource: gid.optional(),
  action: name.optional(),
};

const upTo = (max: number) =>
  z.int('must be a whole number').min(1, `must be 1 to ${max}`).max(max, `must be 1 to ${max}`);

const deadLetterFilter = {
  queue: chosenName.optional(),
  cause: z.string('must be text').min(1, 'must not be empty').max(256, 'must be shorter').optional(),
  limit: upTo(1_000).default(100),
};

const bulk = {
  connection: chosenName.default('default'),
  plan: z.boolean('must be true or false').optional(),
  // What Asana takes from a token in a free domain; paid ones may have 1,500.
  requestsPerMinute: upTo(1_500).default(150),
};

const outOfOrder = { path: ['from'], error: 'must not be later than to' };

const schemas = {
  createWebhook: z.strictObject({
    connection: chosenName.default('default'),
    resource: gid,
    target: target.optional(),
    external: z.boolean('must be true or false').optional(),
    filters: filters.optional(),
    idempotencyKey: z
      .string('must be text')
      .min(1, 'must not be empty')
      .max(256, 'must have 256 characters at the most')
      .optional(),
    optFields: optFields.optional(),
    optPretty: optPretty.optional(),
  }),
  getWebhook: z.strictObject({
    connection: chosenName.optional(),
    webhookGid,
    optFields: optFields.optional(),
    optPretty: optPretty.optional(),
  }),
  getWebhooks: z.strictObject({
    connection: chosenName.default('default'),
    workspace: gid,
    resource: gid.optional(),
    limit: z.int('must be a whole number').min(1, 'must be 1 to 100').max(100, 'must be 1 to 100').optional(),
    offset: z.string('must be text').min(1, 'must not be empty').max(4_096, 'must be shorter').optional(),
    all: z.boolean('must be true or false').optional(),
    optFields: optFields.optional(),
    optPretty: optPretty.optional(),
  }),
  updateWebhook: z.strictObject({
    connection: chosenName.optional(),
    webhookGid,
    filters,
    optFields: optFields.optional(),
    optPretty: optPretty.optional(),
  }),
  deleteWebhook: z.strictObject({
    connection: chosenName.optional(),
    webhookGid,
    optPretty: optPretty.optional(),
  }),
  ensureWebhook: z.strictObject({
    connection: chosenName.default('default'),
    resource: gid,
    filters: filters.optional(),
    optFields: optFields.optional(),
    optPretty: optPretty.optional(),
  }),
  createWebhooks: z
    .strictObject({
      ...bulk,
      workspace: gid.optional(),
      team: gid.optional(),
      filters: filters.optional(),
    })
    .refine(({ workspace, team }) => (workspace !== undefined) !== (team !== undefined), {
      path: ['workspace'],
      error: 'or team must be named, and only one of them',
    }),
  deleteWebhooks: z
    .strictObject({
      ...bulk,
      resources: z.array(gid, 'must be a list of gids').min(1, 'must name a resource').max(1_000).optional(),
      all: z.boolean('must be true or false').optional(),
    })
    .refine(({ resources, all }) => (resources !== undefined) !== (all === true), {
      path: ['resources'],
      error: 'must be named, or all must be true, and only one of them',
    }),
  getQuota: z.strictObject({ connection: chosenName.default('default') }),
  listConnections: z.strictObject({}),
  checkConnection: z.strictObject({ connection: chosenName.default('default') }),
  putConnection: z.strictObject({
    connection: chosenName,
    personalAccessToken: z
      .string('must be text')
      .trim()
      .regex(/^[\x21-\x7e]{8,1000}$/, 'must be a token, without spaces'),
  }),
  deleteConnection: z.strictObject({
    connection: chosenName,
    force: z.boolean('must be true or false').optional(),
  }),
  beginOAuth: z
    .strictObject({
      connection: chosenName,
      // A loopback address, of which a program may choose the port (RFC 8252, section 7.3).
      redirectUri: z
        .url('must be an address')
        .regex(
          /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/[^?#]*$/,
          'must be on http://127.0.0.1 or http://localhost',
        )
        .optional(),
      returnTo: z
        .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
        .max(2_000, 'must be shorter')
        .optional(),
      scopes: z
        .array(
          z.string('must be text').regex(/^[a-z_]+(:[a-z_]+)?$/, 'must be a scope, as in "webhooks:read"'),
        )
        .min(1, 'must name a scope')
        .optional(),
    })
    .refine(({ redirectUri, returnTo }) => (redirectUri !== undefined) !== (returnTo !== undefined), {
      path: ['redirectUri'],
      error: 'or returnTo must be named, and only one of them',
    }),
  finishOAuth: z.strictObject({
    state: z.string('must be text').regex(/^[A-Za-z0-9_-]{43}$/, 'must be the state of beginOAuth'),
    code: z.string('must be text').min(1, 'must not be empty').max(2_000, 'must be shorter'),
  }),
  listEvents: z
    .strictObject({
      ...eventFilter,
      limit: upTo(1_000).default(100),
      nextToken: z
        .string('must be text')
        .min(1, 'must not be empty')
        .max(2_048, 'must be shorter')
        .optional(),
    })
    .refine(isInOrder, outOfOrder),
  getEvent: z.strictObject({
    webhookGid,
    eventId: z.string('must be text').regex(/^[A-Za-z0-9_-]{43}$/, 'must be an event id, 43 characters'),
    createdAt: moment.optional(),
  }),
  replayEvents: z
    .strictObject({
      ...eventFilter,
      replayId: chosenName.optional(),
      consumer: chosenName.optional(),
      eventsPerSecond: upTo(500).default(100),
      plan: z.boolean('must be true or false').optional(),
    })
    .refine(isInOrder, outOfOrder),
  listDeadLetters: z.strictObject(deadLetterFilter),
  redriveDeadLetters: z.strictObject(deadLetterFilter),
};

function isInOrder({ from, to }: { readonly from?: Date; readonly to?: Date }): boolean {
  return from === undefined || to === undefined || from <= to;
}

export type OperationName = keyof typeof schemas;

/** A valid invocation: the operation and its parameters. */
export type Payload = {
  [Name in OperationName]: { readonly operation: Name } & z.output<(typeof schemas)[Name]>;
}[OperationName];

/**
 * Reads an invocation's payload. Every problem is told at once.
 *
 * @throws ManagementError InvalidRequest
 */
export function parsePayload(payload: unknown): Payload {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw invalid([
      'the payload must be a JSON object such as { "operation": "getWebhooks", "workspace": "…" }',
    ]);
  }
  const { operation, ...parameters } = payload as Record<string, unknown>;
  if (typeof operation !== 'string' || !Object.hasOwn(schemas, operation)) {
    throw invalid([`operation must be one of ${Object.keys(schemas).join(', ')}`]);
  }
  const schema = schemas[operation as OperationName];
  const result = schema.safeParse(parameters, { reportInput: true });
  if (result.success) return { operation, ...result.data } as Payload;
  throw invalid(
    result.error.issues.map((issue) => describe(issue, Object.keys(schema.shape))),
    operation,
  );
}

function invalid(problems: readonly string[], operation?: string): ManagementError {
  const subject = operation === undefined ? 'The request' : `The parameters of ${operation}`;
  return new ManagementError('InvalidRequest', `${subject} cannot be taken: ${problems.join('; ')}.`);
}

function describe(issue: z.core.$ZodIssue, parameters: readonly string[]): string {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
  if (issue.code === 'unrecognized_keys') {
    const known = path === '' ? parameters : ['resource_type', 'resource_subtype', 'action', 'fields'];
    return issue.keys.map((key) => unknownKey(path === '' ? key : `${path}.${key}`, key, known)).join('; ');
  }
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  return isMissing ? `${path} is missing` : `${path} ${issue.message}`;
}

function unknownKey(path: string, key: string, known: readonly string[]): string {
  const plain = (text: string) => text.replaceAll('_', '').toLowerCase();
  const meant = known.find((candidate) => plain(candidate) === plain(key));
  return `${path} is not known (${meant ? `did you mean ${meant}?` : `there are ${known.join(', ')}`})`;
}
