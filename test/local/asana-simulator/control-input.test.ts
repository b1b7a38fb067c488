import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type TestWorld } from './world.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

/** Sends a body unchanged. Returns the status and Asana's message. */
async function post(path: string, body: string, method = 'POST') {
  const response = await fetch(`${world.simulator.origin}${path}`, {
    method,
    headers: { Authorization: `Bearer ${world.seeded.token}`, 'Content-Type': 'application/json' },
    body,
  });
  const answer = (await response.json()) as { errors?: [{ message: string; help?: string }] };
  return { status: response.status, message: answer.errors?.[0].message ?? '', answer };
}

const fault = (body: unknown) => post('/simulator/faults', JSON.stringify(body));

describe('POST /simulator/faults', () => {
  it.each<[unknown, string]>([
    [{}, 'on: Missing input. Valid values: "api", "handshake", "delivery".'],
    [
      { on: 'everything', kind: 'status' },
      'on: Unknown value "everything". Valid values: "api", "handshake", "delivery".',
    ],
    [{ on: 'constructor', kind: 'name' }, 'on: Unknown value "constructor".'],
    [
      { on: 'api', kind: 'staus' },
      'kind: Unknown value "staus" on api. Valid values: "latency", "status", "reset",',
    ],
    [
      { on: 'delivery', kind: 'latency' },
      'kind: Unknown value "latency" on delivery. Valid values: "lost-answer",',
    ],
    [{ on: 'handshake' }, 'kind: Missing input. Valid values: "lost", "skipped",'],
    [
      { on: 'api', kind: 'status', times: 1, code: 503 },
      'code: Unknown member. Valid members: "method", "path", "times", "status", "retryAfterSeconds".',
    ],
    [{ on: 'api', kind: 'reset', status: 503 }, 'status: Unknown member.'],
    [{ on: 'handshake', kind: 'lost', path: '/x' }, 'path: Unknown member.'],
    [{ on: 'api', kind: 'status', status: '503' }, 'status: Invalid input: expected number, received string'],
    [{ on: 'api', kind: 'status', status: 204 }, 'status: '],
    [{ on: 'api', kind: 'latency' }, 'ms: Invalid input: expected number'],
    [{ on: 'api', kind: 'reset', times: 0 }, 'times: '],
    [{ on: 'api', kind: 'reset', method: 'get' }, 'method: Invalid option: expected one of "GET"|"POST"'],
    [{ on: 'api', kind: 'reset', path: 'webhooks' }, 'path: '],
    [{ on: 'delivery', kind: 'duplicate', webhook: 7 }, 'webhook: Invalid input: expected string'],
    [[], 'The body is not a JSON object'],
    [null, 'The body is not a JSON object'],
    ['text', 'The body is not a JSON object'],
  ])('refuses %j', async (body, message) => {
    const refused = await fault(body);
    expect(refused.status).toBe(400);
    expect(refused.message).toContain(message);
    expect(world.simulator.controls.faults()).toEqual([]);
  });

  it('refuses a delivery fault for an unknown webhook', async () => {
    const refused = await fault({ on: 'delivery', kind: 'duplicate', webhook: '42' });
    expect(refused).toMatchObject({ status: 404, message: 'There is no webhook 42' });
    const gid = await world.webhook();
    expect((await fault({ on: 'delivery', kind: 'duplicate', webhook: gid })).status).toBe(200);
  });

  it.each([
    { on: 'api', kind: 'latency', ms: 5, method: 'GET', path: '/users', times: 1 },
    { on: 'api', kind: 'act-then-status', status: 429, retryAfterSeconds: 7 },
    { on: 'api', kind: 'no-secret', times: 2 },
    { on: 'handshake', kind: 'doubled' },
    { on: 'delivery', kind: 'reverse', times: 3 },
  ])('accepts %j', async (body) => {
    expect((await fault(body)).status).toBe(200);
    expect(world.simulator.controls.faults()).toEqual([body]);
  });
});

describe('every control', () => {
  const controls = [
    'seed',
    'advance',
    'settle',
    'webhooks/1/resend',
    'webhooks/1/inject',
    'faults',
    'tokens/refuse',
    'apps',
    'apps/1/revoke',
    'consent',
    'tokens',
  ];

  it.each(controls)('answers 400 in the envelope to a body of %s that is not JSON', async (path) => {
    for (const body of ['{', 'x=1', '[]', 'null', '"text"', '['.repeat(20_000)]) {
      const refused = await post(`/simulator/${path}`, body);
      expect(refused).toMatchObject({ status: 400, message: expect.stringMatching(/JSON/) });
      expect(refused.answer).toEqual({ errors: [{ message: expect.any(String), help: expect.any(String) }] });
    }
  });

  it.each(controls)('refuses a member that %s does not have', async (path) => {
    const body = JSON.stringify({ on: 'api', kind: 'reset', unheard: 1 });
    const refused = await post(`/simulator/${path}`, body);
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('unheard') });
  });

  it.each<[string, object, string]>([
    ['advance', {}, 'ms: '],
    ['advance', { ms: '5' }, 'ms: '],
    ['advance', { ms: -1 }, 'ms: '],
    ['advance', { ms: 1e15 }, 'ms: '],
    ['seed', { tasks: 'One' }, 'tasks: '],
    ['seed', { tasks: [1] }, 'tasks.0: '],
    ['webhooks/1/inject', {}, 'events: '],
    ['webhooks/1/inject', { events: [] }, 'events: '],
    ['webhooks/1/inject', { events: ['x'] }, 'events.0: '],
    ['consent', {}, 'consent: Invalid option: expected one of "grant"|"refuse"'],
    ['consent', { consent: 'maybe' }, 'consent: '],
    ['tokens/refuse', { token: 't', why: 'because' }, 'why: '],
    ['tokens/refuse', {}, 'token: '],
    ['tokens', {}, 'user: '],
    ['apps', { clientId: '1' }, 'clientSecret: '],
    ['apps', { clientId: '1', clientSecret: 's', redirectUris: [] }, 'redirectUris: '],
    ['apps', { clientId: '1', clientSecret: 's', redirectUris: ['here'] }, 'redirectUris.0: '],
    [
      'apps',
      { clientId: '1', clientSecret: 's', redirectUris: ['http://localhost/'], scopes: 'all' },
      'scopes: ',
    ],
  ])('refuses to %s with %j', async (path, body, message) => {
    const refused = await post(`/simulator/${path}`, JSON.stringify(body));
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });

  it('answers 404 if the object or the control is unknown', async () => {
    const gid = await world.webhook();
    for (const path of ['webhooks/1/resend', `webhooks/${gid}/resend`, 'apps/1/revoke']) {
      expect((await post(`/simulator/${path}`, '')).status).toBe(404);
    }
    expect((await post('/simulator/unheard', '')).status).toBe(404);
  });

  it('refuses to inject events that it cannot send', async () => {
    const gid = await world.webhook();
    const body = `{"events":[${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}]}`;
    const refused = await post(`/simulator/webhooks/${gid}/inject`, body);
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('nested too deeply') });
  });
});

describe('every route of the API', () => {
  it('answers 400 in the envelope to a body that is not JSON', async () => {
    const routes = world.simulator.endpoints.filter((each) => /^(POST|PUT) \/(?!-)/.test(each));
    expect(routes.length).toBeGreaterThan(8);
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      const gid = path.startsWith('/tasks') ? world.seeded.tasks[0] : world.seeded.project;
      const at = `/api/1.0${path.replace(':gid', path.startsWith('/webhooks') ? await anyWebhook() : (gid ?? ''))}`;
      for (const body of ['{', '[]', 'null', '{"data":[]}', '{"data":"x"}', '{"options":1}']) {
        const { status, answer } = await post(at, body, method);
        expect([route, body, status]).toEqual([route, body, 400]);
        expect(answer).toEqual({ errors: [{ message: expect.any(String), help: expect.any(String) }] });
      }
    }
  });

  const anyWebhook = async () => {
    const [known] = world.simulator.controls.webhooks();
    return known === undefined ? world.webhook() : String(known.gid);
  };

  it('answers 400 to a body that is nested too deeply', async () => {
    for (const levels of [3_000, 5_000, 20_000]) {
      const deep = '['.repeat(levels) + ']'.repeat(levels);
      for (const [route, member] of [
        ['webhooks', 'resource'],
        ['tasks', 'parent'],
        [`tasks/${world.seeded.tasks[0]}/addProject`, 'project'],
      ]) {
        const { status } = await post(`/api/1.0/${route}`, `{"data":{"${member}":${deep}}}`);
        expect([route, levels, status]).toEqual([route, levels, 400]);
      }
    }
  });

  it.each(['name', 'notes', 'due_on'])('answers 400 to a %s of another type', async (field) => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    for (const value of ['5', '{}', deep]) {
      const at = `/api/1.0/tasks/${world.seeded.tasks[0]}`;
      const refused = await post(at, `{"data":{"${field}":${value}}}`, 'PUT');
      expect(refused).toMatchObject({ status: 400, message: `${field}: Not a string` });
    }
  });
});
