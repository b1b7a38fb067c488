import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { AsanaFault } from './errors.ts';
import type { Access } from './model.ts';
import { pick } from './opt-fields.ts';

/** The data that the simulator's routes have about a request. */
export interface Env {
  readonly Bindings: HttpBindings;
  readonly Variables: { access: Access; rawBody: string };
}

export type Call = Context<Env>;

export type Data = Readonly<Record<string, unknown>>;

/** The `data` of a request body, and the optional `options` next to it. */
export interface Input {
  readonly data: Data;
  readonly options: Data;
}

/**
 * Reads a request body. The body is JSON with all members in `data`, or a form with plain names, as in Asana's curl
 * examples.
 *
 * @throws AsanaFault 400
 */
export function readInput(c: Call): Input {
  const text = c.get('rawBody');
  if (text === '') return { data: {}, options: {} };
  if ((c.req.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
    return { data: Object.fromEntries(new URLSearchParams(text)), options: {} };
  }
  const body = parse(text);
  const { data = {}, options = {} } = body as { data?: unknown; options?: unknown };
  if (!isObject(data) || !isObject(options)) throw new AsanaFault(400, 'data: Not an object');
  return { data, options };
}

function parse(text: string): Data {
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body;
  } catch {
    // The error is thrown below.
  }
  throw new AsanaFault(400, 'Could not parse request data, invalid JSON');
}

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the fields that the query or the body's options request. */
export function fieldsOf(c: Call, fallback: readonly string[]): readonly string[] {
  const fromBody = c.req.method === 'GET' ? undefined : readInput(c).options.fields;
  const asked = c.req.query('opt_fields') ?? (Array.isArray(fromBody) ? fromBody.join(',') : undefined);
  return asked === undefined || asked === '' ? fallback : asked.split(',');
}

/** Returns the HTTP answer `{ "data": … }` with the requested fields. */
export function answer(
  c: Call,
  data: unknown,
  {
    fields,
    status = 200,
    beside = {},
    headers = {},
  }: {
    readonly fields: readonly string[];
    readonly status?: number;
    readonly beside?: Data;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Response {
  return json(c, status, { data: pick(data, fieldsOf(c, fields)), ...beside }, headers);
}

/** Returns an HTTP answer in JSON. `opt_pretty` indents the JSON, also with an empty value. */
export function json(
  c: Call,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const pretty = c.req.query('opt_pretty');
  const isPretty = pretty !== undefined && pretty !== 'false';
  return new Response(JSON.stringify(body, null, isPretty ? 2 : undefined), {
    status,
    headers: { 'Content-Type': 'application/json; charset=UTF-8', ...headers },
  });
}
