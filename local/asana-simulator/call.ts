import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { AsanaFault } from './errors.ts';
import type { Access } from './model.ts';
import { pick } from './opt-fields.ts';

/** What the simulator's routes know of a request. */
export interface Env {
  readonly Bindings: HttpBindings;
  readonly Variables: { access: Access; rawBody: string };
}

export type Call = Context<Env>;

export type Data = Readonly<Record<string, unknown>>;

/** A body's `data`, and the options that may travel beside it. */
export interface Input {
  readonly data: Data;
  readonly options: Data;
}

/**
 * Reads a body: JSON with everything in `data`, or a form with bare names, as in the curl examples.
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
    // Said below.
  }
  throw new AsanaFault(400, 'Could not parse request data, invalid JSON');
}

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields that were asked for, in the query or the body's options. */
export function fieldsOf(c: Call, fallback: readonly string[]): readonly string[] {
  const fromBody = c.req.method === 'GET' ? undefined : readInput(c).options.fields;
  const asked = c.req.query('opt_fields') ?? (Array.isArray(fromBody) ? fromBody.join(',') : undefined);
  return asked === undefined || asked === '' ? fallback : asked.split(',');
}

/** Answers `{ "data": … }` with the asked-for fields. */
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

/** Answers JSON, laid out where `opt_pretty` asks for it; an empty value asks as well. */
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
