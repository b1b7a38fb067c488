import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import { type Call, type Env, json } from './call.ts';
import type { SimulatorClock } from './clock.ts';
import type { RequestRecord } from './controls.ts';
import { AsanaFault, envelopeOf } from './errors.ts';
import type { ApiFault, Faults } from './faults.ts';
import type { Access, World } from './model.ts';
import type { RateLimits } from './rate-limits.ts';

/** Records every call as it was sent over the network. */
export function recordCalls(requests: RequestRecord[], { now }: SimulatorClock): MiddlewareHandler<Env> {
  return async (c, next) => {
    const at = now().toISOString();
    c.set('rawBody', await c.req.text());
    await next();
    const isAnswered = !c.env.outgoing.destroyed;
    requests.push({
      at,
      method: c.req.method,
      path: pathOf(c),
      query: new URL(c.req.url).search.slice(1),
      body: c.get('rawBody'),
      contentType: c.req.header('content-type') ?? '',
      status: isAnswered ? c.res.status : 'none',
    });
  };
}

/** Checks the token, the rate limits and the scopes of a call. */
export function admit(world: World, rateLimits: RateLimits): MiddlewareHandler<Env> {
  return async (c, next) => {
    const access = authenticate(world, c.req.header('authorization'));
    c.set('access', access);
    const leave = rateLimits.enter(access.token, c.req.method);
    try {
      requireScope(access, c.req.method, pathOf(c));
      await next();
    } finally {
      leave();
    }
  };
}

/** Applies the faults that are set, before or after the rest of the call is processed. */
export function faulty(faults: Faults, clock: SimulatorClock): MiddlewareHandler<Env> {
  return async (c, next) => {
    const fault = takeFault(c, faults);
    const early = await before(c, fault, clock);
    if (early) return early;
    await next();
    const late = await after(c, fault);
    if (late) c.res = late;
    return undefined;
  };
}

/**
 * Asana's scopes (OpenAPI description). Asana names no scope for events, so only tokens with full permissions can read
 * events.
 */
const scopes: readonly (readonly [string, RegExp, string])[] = [
  ['GET', /^\/webhooks/, 'webhooks:read'],
  ['POST', /^\/webhooks/, 'webhooks:write'],
  ['PUT', /^\/webhooks/, 'webhooks:write'],
  ['DELETE', /^\/webhooks/, 'webhooks:delete'],
  ['GET', /^\/users\//, 'users:read'],
  ['GET', /^\/workspaces(\/[^/]+)?$/, 'workspaces:read'],
  ['GET', /^\/(workspaces|teams)\/[^/]+\/projects$/, 'projects:read'],
  ['GET', /^\/projects(\/[^/]+)?$/, 'projects:read'],
  ['POST', /^\/projects$/, 'projects:write'],
  ['PUT', /^\/projects\//, 'projects:write'],
  ['GET', /^\/(projects\/[^/]+\/tasks|tasks\/[^/]+)$/, 'tasks:read'],
  ['POST', /^\/tasks\/[^/]+\/stories$/, 'stories:write'],
  ['POST', /^\/tasks/, 'tasks:write'],
  ['PUT', /^\/tasks\//, 'tasks:write'],
  ['DELETE', /^\/tasks\//, 'tasks:delete'],
];

/** @throws AsanaFault 403. Asana does not document the status; 401 was observed as well. */
function requireScope({ scopes: granted }: Access, method: string, path: string): void {
  if (granted === null) return;
  const needed = scopes.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2];
  if (needed !== undefined && granted.includes(needed)) return;
  throw new AsanaFault(403, `Forbidden: the token does not have the scope ${needed ?? 'default'}`);
}

const inside = ['wrong-secret', 'no-secret'];

function takeFault(c: Call, faults: Faults): ApiFault | undefined {
  const path = pathOf(c);
  return faults.take(
    'api',
    (fault) =>
      !inside.includes(fault.kind) &&
      (fault.method ?? c.req.method) === c.req.method &&
      path.startsWith(fault.path ?? '/'),
  );
}

function pathOf(c: Call): string {
  return new URL(c.req.url).pathname.replace('/api/1.0', '');
}

/** @throws AsanaFault 401 or 402 */
function authenticate(world: World, header: string | undefined): Access {
  const access = world.accesses.get(/^Bearer (.+)$/.exec(header ?? '')?.[1] ?? '');
  const isExpired = access?.expiresMs != null && access.expiresMs <= world.clock.now().getTime();
  if (access === undefined || isExpired || access.refused === 'revoked')
    throw new AsanaFault(401, 'Not Authorized');
  if (access.refused === 'app-disabled') throw new AsanaFault(401, 'Not Authorized');
  if (access.refused === 'plan') {
    throw new AsanaFault(402, 'The requested feature is not available on the plan of this workspace.');
  }
  return access;
}

/** Applies a fault that happens before the call is processed. */
async function before(
  c: Call,
  fault: ApiFault | undefined,
  { sleep }: SimulatorClock,
): Promise<Response | undefined> {
  switch (fault?.kind) {
    case 'latency':
      await sleep(fault.ms ?? 0);
      return undefined;
    case 'status':
      return failure(c, fault);
    case 'reset':
      return reset(c);
    case 'hang':
      return hang(c);
    default:
      return undefined;
  }
}

/** Applies a fault that happens after the call was processed. */
async function after(c: Call, fault: ApiFault | undefined): Promise<Response | undefined> {
  switch (fault?.kind) {
    case 'act-then-status':
      return failure(c, fault);
    case 'act-then-reset':
      return reset(c);
    case 'act-then-hang':
      return hang(c);
    case 'act-then-garble':
      return new Response('<html>', { status: c.res.status });
    default:
      return undefined;
  }
}

function failure(c: Call, { status = 500, retryAfterSeconds }: ApiFault): Response {
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return json(c, status, envelopeOf(new AsanaFault(status, 'A simulated fault')), headers);
}

/** Closes the connection without an answer. */
function reset(c: Call): Response {
  c.env.outgoing.destroy();
  return RESPONSE_ALREADY_SENT;
}

/** Keeps the connection open without an answer until the caller closes it. */
async function hang(c: Call): Promise<Response> {
  await new Promise<void>((resolve) => c.env.outgoing.once('close', () => resolve()));
  return RESPONSE_ALREADY_SENT;
}
