import * as z from 'zod';
import { AsanaFault } from './errors.ts';
import { readMembers } from './read-members.ts';

const text = z.string().min(1);
/** The longest time that one call of `advance` can move the clock. */
const yearMs = 366 * 24 * 3_600_000;
const nothing = z.strictObject({});

/** The body of each control, except `POST /faults`. */
export const controlBodies = {
  'POST /seed': z.strictObject({
    workspace: text.optional(),
    project: text.optional(),
    tasks: z.array(text).optional(),
    user: text.optional(),
    token: text.optional(),
  }),
  'POST /advance': z.strictObject({ ms: z.int().min(1).max(yearMs) }),
  'POST /settle': nothing,
  'POST /webhooks/:gid/resend': nothing,
  'POST /webhooks/:gid/inject': z.strictObject({ events: z.array(z.record(z.string(), z.unknown())).min(1) }),
  'POST /tokens/refuse': z.strictObject({
    token: text,
    why: z.enum(['revoked', 'app-disabled', 'plan']).nullable().default('revoked'),
  }),
  'POST /tokens': z.strictObject({ user: text, app: text.optional() }),
  'POST /apps': z.strictObject({
    clientId: text,
    clientSecret: text,
    redirectUris: z.array(z.url()).min(1),
    scopes: z.array(text).nullable().default(null),
  }),
  'POST /apps/:id/revoke': nothing,
  'POST /consent': z.strictObject({ consent: z.enum(['grant', 'refuse']) }),
} as const;

type Bodies = typeof controlBodies;

interface Request {
  readonly req: { text(): Promise<string> };
}

/** Reads the body of a control. @throws AsanaFault 400 that names the problem */
export async function readBody<Control extends keyof Bodies>(
  call: Request,
  control: Control,
): Promise<z.output<Bodies[Control]>> {
  return readMembers(controlBodies[control], await readObject(call)) as z.output<Bodies[Control]>;
}

/** Reads a body that is a JSON object. An empty body counts as an empty object. @throws AsanaFault 400 */
export async function readObject({ req }: Request): Promise<Readonly<Record<string, unknown>>> {
  const body = parse((await req.text()) || '{}');
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new AsanaFault(400, 'The body is not a JSON object');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
