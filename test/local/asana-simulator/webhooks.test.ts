import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestClock } from '../../clock.ts';
import { startWorld, type TestWorld } from './world.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

function create(changes: object = {}) {
  const { seeded, target } = world;
  return world.call('POST', '/webhooks', {
    resource: seeded.project,
    target: `${target.url}/hook`,
    ...changes,
  });
}

describe('POST /webhooks', () => {
  it('sends the handshake during the call, then answers as real Asana does', async () => {
    const { status, body, headers } = await create({
      filters: [{ resource_type: 'task', action: 'changed' }],
    });
    const [handshake] = world.target.received;
    expect(status).toBe(201);
    expect(handshake?.rawHeaders).toContain('X-Hook-Secret');
    expect(handshake?.body).toBe('{}');
    expect(body['X-Hook-Secret']).toBe(handshake?.headers['x-hook-secret']);
    expect(body['X-Hook-Secret']).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.get('location')).toBe(`${world.simulator.baseUrl}/webhooks/${body.data.gid}`);
    expect(body.data).toEqual({
      gid: expect.stringMatching(/^\d+$/),
      resource_type: 'webhook',
      active: true,
      resource: { gid: world.seeded.project, resource_type: 'project', name: 'Example project' },
      target: `${world.target.url}/hook`,
      created_at: '2026-11-23T10:00:00.000Z',
      last_success_at: '2026-11-23T10:00:00.400Z',
      last_failure_at: null,
      last_failure_content: '',
      delivery_retry_count: 0,
      next_attempt_after: null,
      failure_deletion_timestamp: null,
      filters: [{ resource_type: 'task', resource_subtype: null, action: 'changed', fields: null }],
      is_workspace_webhook: false,
    });
  });

  it('never shows the secret again', async () => {
    const gid = await world.webhook();
    expect((await world.call('GET', `/webhooks/${gid}`)).body).not.toHaveProperty('X-Hook-Secret');
    expect(
      JSON.stringify((await world.call('GET', `/webhooks/${gid}?opt_fields=secret`)).body),
    ).not.toContain('secret');
  });

  it.each<[string, (world: TestWorld) => void, number, string]>([
    [
      'the target answers another status',
      ({ target }) => {
        target.status = 401;
      },
      400,
      'responded with an incorrect status code: 401',
    ],
    [
      'the target does not return the secret',
      ({ target }) => {
        target.echo = false;
      },
      400,
      'did not respond with the handshake secret',
    ],
    [
      'the handshake is lost',
      ({ simulator }) => simulator.controls.addFault({ on: 'handshake', kind: 'lost', times: 1 }),
      400,
      'remote server',
    ],
    [
      'Asana fails after the handshake',
      ({ simulator }) => simulator.controls.addFault({ on: 'handshake', kind: 'then-fail', times: 1 }),
      500,
      'Server Error',
    ],
  ])('creates no webhook if %s', async (_, arrange, status, message) => {
    arrange(world);
    const answer = await create();
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0].message).toContain(message);
    expect(world.simulator.controls.webhooks()).toEqual([]);
  });

  it('creates no webhook if the target does not answer in time', async () => {
    await world.close();
    const clock = createTestClock();
    world = await startWorld({}, clock.simulator);
    world.target.isSilent = true;
    const [answer] = await Promise.all([create(), clock.sleep(10_000)]);
    expect(answer).toMatchObject({ status: 400 });
    expect(world.simulator.controls.webhooks()).toEqual([]);
  });

  it.each<[string, object, number, string]>([
    ['a missing resource', { resource: undefined }, 400, 'resource: Missing input'],
    ['a malformed resource', { resource: 'x' }, 400, 'resource: Not a recognized ID: x'],
    ['an unknown resource', { resource: '42' }, 404, 'resource: Unknown object: 42'],
    ['a missing target', { target: undefined }, 400, 'target: Missing input'],
    ['a target that is not a URL', { target: 'here' }, 400, 'target: Not a valid URL'],
    ['a target with a space', { target: 'https://example.com/%20' }, 400, 'target: Not a valid URL'],
    ['an unknown action', { filters: [{ action: 'touched' }] }, 400, 'Unknown action'],
    [
      'an unknown action on a workspace',
      { resource: 'workspace', filters: [{ resource_type: 'goal', action: 'x' }] },
      400,
      'Unknown action',
    ],
    [
      'a resource type that is not a string',
      { filters: [{ resource_type: 5 }] },
      400,
      'resource_type: Not a string',
    ],
    [
      'a subtype that is not a string',
      { filters: [{ resource_subtype: {} }] },
      400,
      'resource_subtype: Not a string',
    ],
    ['an action that is not a string', { filters: [{ action: ['added'] }] }, 400, 'action: Not a string'],
    [
      'fields that are not strings',
      { filters: [{ action: 'changed', fields: [5] }] },
      400,
      'Fields must be an array of strings',
    ],
    ['fields without an action', { filters: [{ fields: ['name'] }] }, 400, 'only supported with the action'],
    [
      'fields with an action other than changed',
      { filters: [{ action: 'added', fields: ['name'] }] },
      400,
      'only supported with the action',
    ],
  ])('refuses %s', async (_, changes, status, message) => {
    const onWorkspace = 'resource' in changes && changes.resource === 'workspace';
    const answer = await create({ ...changes, ...(onWorkspace && { resource: world.seeded.workspace }) });
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0]).toMatchObject({
      message: expect.stringContaining(message),
      help: expect.any(String),
    });
    expect(world.target.received).toEqual([]);
  });

  it('refuses the same resource and target a second time', async () => {
    await world.webhook();
    expect(await create()).toMatchObject({
      status: 403,
      body: { errors: [{ message: expect.stringContaining('Duplicated') }] },
    });
  });

  it('refuses localhost as real Asana does, if local targets are not allowed', async () => {
    await world.close();
    world = await startWorld({ allowLocalTargets: false });
    expect(await create()).toMatchObject({ status: 403 });
  });

  it('refuses webhooks over its limits', async () => {
    await world.close();
    world = await startWorld({ maxPerResource: 2, maxPerUser: 3 });
    for (const name of ['a', 'b']) await world.webhook({ target: `${world.target.url}/${name}` });
    expect(await create({ target: `${world.target.url}/c` })).toMatchObject({ status: 403 });
    const [task] = world.seeded.tasks;
    await world.webhook({ resource: task, target: `${world.target.url}/c` });
    expect(await create({ resource: task, target: `${world.target.url}/d` })).toMatchObject({ status: 403 });
  });

  it.each(['workspace', 'team', 'portfolio'] as const)(
    'requires filters without fields on a %s',
    async (kind) => {
      const resource = world.seeded[kind];
      expect(await create({ resource })).toMatchObject({ status: 400 });
      const fields = [{ resource_type: 'project', action: 'changed', fields: ['name'] }];
      expect(await create({ resource, filters: fields })).toMatchObject({ status: 400 });
      const filters = [{ resource_type: 'project', action: 'changed' }];
      expect(await create({ resource, filters })).toMatchObject({ status: 201 });
    },
  );

  it.each(['workspace', 'team', 'portfolio'] as const)(
    'accepts any resource type on a %s, because the list of Asana grows',
    async (kind) => {
      for (const resource_type of ['goal', 'project', 'task', 'attachment', 'agent']) {
        for (const action of ['changed', 'added', 'removed', 'deleted', 'undeleted']) {
          const target = `${world.target.url}/${resource_type}/${action}`;
          const filters = [{ resource_type, action }];
          const { status } = await create({ resource: world.seeded[kind], target, filters });
          expect([resource_type, action, status]).toEqual([resource_type, action, 201]);
        }
      }
    },
  );

  it('sends no task events to a webhook on a workspace, because they do not reach it', async () => {
    const filters = [{ resource_type: 'task', action: 'changed' }];
    await world.webhook({ resource: world.seeded.workspace, filters });
    await world.call('PUT', `/tasks/${world.seeded.tasks[0]}`, { name: 'Another name' });
    await world.simulator.controls.settle();
    expect(world.events()).toEqual([]);
  });

  it('accepts an unknown resource type on a project', async () => {
    expect(await create({ filters: [{ resource_type: 'agent', action: 'added' }] })).toMatchObject({
      status: 201,
    });
  });

  it('accepts a form as in the curl examples', async () => {
    const response = await fetch(`${world.simulator.baseUrl}/webhooks`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${world.seeded.token}` },
      body: new URLSearchParams({ resource: world.seeded.project, target: `${world.target.url}/hook` }),
    });
    expect(response.status).toBe(201);
  });

  it.each(['doubled', 'doubled-with-another-secret'] as const)('can have its handshake %s', async (kind) => {
    world.simulator.controls.addFault({ on: 'handshake', kind, times: 1 });
    await world.webhook();
    const [first, second] = world.target.received.map(({ headers }) => headers['x-hook-secret']);
    expect(first === second).toBe(kind === 'doubled');
  });

  it.each(['wrong-secret', 'no-secret'] as const)('can answer with %s', async (kind) => {
    world.simulator.controls.addFault({ on: 'api', kind, times: 1 });
    const { body } = await create();
    expect(body['X-Hook-Secret']).not.toBe(world.target.received[0]?.headers['x-hook-secret']);
  });
});

describe('GET, PUT and DELETE /webhooks', () => {
  it('lists in compact form, and with more fields on request', async () => {
    const gid = await world.webhook();
    const { workspace, project } = world.seeded;
    const listed = await world.call('GET', `/webhooks?workspace=${workspace}`);
    expect(listed.body).toEqual({
      data: [
        {
          gid,
          resource_type: 'webhook',
          active: true,
          resource: { gid: project, resource_type: 'project', name: 'Example project' },
          target: `${world.target.url}/hook`,
        },
      ],
    });
    const picked = await world.call(
      'GET',
      `/webhooks?workspace=${workspace}&opt_fields=resource.name,created_at`,
    );
    expect(picked.body.data).toEqual([
      { gid, resource: { gid: project, name: 'Example project' }, created_at: '2026-11-23T10:00:00.000Z' },
    ]);
  });

  it('paginates with offset tokens that expire', async () => {
    const { workspace } = world.seeded;
    for (const name of ['a', 'b', 'c']) await world.webhook({ target: `${world.target.url}/${name}` });
    const first = await world.call('GET', `/webhooks?workspace=${workspace}&limit=2`);
    expect(first.body.data).toHaveLength(2);
    const { offset, path, uri } = first.body.next_page;
    expect(path).toMatch(/^\/webhooks\?/);
    expect(uri).toBe(`${world.simulator.baseUrl}${path}`);
    const second = await world.call('GET', `/webhooks?workspace=${workspace}&limit=2&offset=${offset}`);
    expect(second.body).toMatchObject({ data: [{}], next_page: null });
    await world.clock.advance(15 * 60_000);
    const expired = await world.call('GET', `/webhooks?workspace=${workspace}&limit=2&offset=${offset}`);
    expect(expired).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringMatching(/^offset:/) }] },
    });
  });

  it('refuses a long list without a limit, instead of cutting it', async () => {
    await world.close();
    world = await startWorld({ maxUnpaged: 2 });
    const { workspace, project } = world.seeded;
    for (const name of ['a', 'b']) await world.webhook({ target: `${world.target.url}/${name}` });
    const list = (query = '') => world.call('GET', `/webhooks?workspace=${workspace}${query}`);
    expect((await list()).body.data).toHaveLength(2);
    await world.webhook({ target: `${world.target.url}/c` });
    expect(await list()).toMatchObject({
      status: 400,
      body: {
        errors: [{ message: expect.stringMatching(/^The result is too large\. You should use pagination/) }],
      },
    });
    expect((await list('&limit=3')).body).toMatchObject({ data: [{}, {}, {}], next_page: null });
    expect(await world.call('GET', `/projects/${project}/tasks`)).toMatchObject({ status: 400 });
  });

  it.each(['0', '101', 'x', '-1'])('refuses the limit %s', async (limit) => {
    const { status } = await world.call(
      'GET',
      `/webhooks?workspace=${world.seeded.workspace}&limit=${limit}`,
    );
    expect(status).toBe(400);
  });

  it('filters by resource, and requires a workspace', async () => {
    await world.webhook();
    const { workspace, tasks } = world.seeded;
    expect(
      (await world.call('GET', `/webhooks?workspace=${workspace}&resource=${tasks[0]}`)).body.data,
    ).toEqual([]);
    expect(await world.call('GET', '/webhooks')).toMatchObject({ status: 400 });
    expect(await world.call('GET', '/webhooks?workspace=42')).toMatchObject({ status: 404 });
  });

  it('replaces filters and nothing else', async () => {
    const gid = await world.webhook({ filters: [{ resource_type: 'task' }] });
    const { body } = await world.call('PUT', `/webhooks/${gid}`, {
      filters: [{ action: 'added' }],
      target: 'https://x.org',
    });
    expect(body.data).toMatchObject({
      target: `${world.target.url}/hook`,
      filters: [{ resource_type: null, resource_subtype: null, action: 'added', fields: null }],
    });
  });

  it('deletes, and then answers 404 for the webhook', async () => {
    const gid = await world.webhook();
    expect(await world.call('DELETE', `/webhooks/${gid}`)).toMatchObject({ status: 200, body: { data: {} } });
    expect(await world.call('GET', `/webhooks/${gid}`)).toMatchObject({
      status: 404,
      body: { errors: [{ message: `webhook: Unknown object: ${gid}` }] },
    });
  });

  it('shows webhooks only to the app and user that created them', async () => {
    const gid = await world.webhook();
    const { user } = world.seeded;
    const sameApp = world.simulator.controls.newToken(user);
    const otherApp = world.simulator.controls.newToken(user, 'other app');
    expect(await world.call('GET', `/webhooks/${gid}`, undefined, sameApp)).toMatchObject({ status: 200 });
    expect(await world.call('GET', `/webhooks/${gid}`, undefined, otherApp)).toMatchObject({ status: 404 });
    const listed = await world.call(
      'GET',
      `/webhooks?workspace=${world.seeded.workspace}`,
      undefined,
      otherApp,
    );
    expect(listed.body.data).toEqual([]);
  });

  it('indents its answer with opt_pretty, also without a value', async () => {
    for (const query of ['opt_pretty=true', 'opt_pretty']) {
      const response = await fetch(`${world.simulator.baseUrl}/users/me?${query}`, {
        headers: { Authorization: `Bearer ${world.seeded.token}` },
      });
      expect(await response.text()).toContain('{\n  "data"');
    }
  });
});

describe('every call', () => {
  it('requires a known token', async () => {
    expect(await world.call('GET', '/users/me', undefined, 'unknown')).toMatchObject({ status: 401 });
  });

  it.each([
    ['revoked', 401],
    ['app-disabled', 401],
    ['plan', 402],
  ] as const)('refuses a token that is refused as %s with %i', async (why, status) => {
    world.simulator.controls.refuse(world.seeded.token, why);
    expect(await world.call('GET', '/users/me')).toMatchObject({ status });
    world.simulator.controls.refuse(world.seeded.token, null);
    expect(await world.call('GET', '/users/me')).toMatchObject({ status: 200 });
  });

  it('answers an unknown path with 404', async () => {
    expect(await world.call('GET', '/nothing')).toMatchObject({
      status: 404,
      body: { errors: [{ message: 'No matching route for request' }] },
    });
  });

  it('is limited per minute, and the answer says when to retry', async () => {
    await world.close();
    world = await startWorld({ requestsPerMinute: 2 });
    await world.call('GET', '/users/me');
    await world.call('GET', '/users/me');
    const limited = await world.call('GET', '/users/me');
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    await world.clock.advance(61_000);
    expect(await world.call('GET', '/users/me')).toMatchObject({ status: 200 });
  });

  it('is limited in concurrent requests', async () => {
    await world.close();
    world = await startWorld({ concurrentReads: 1 }, createTestClock().simulator);
    world.simulator.controls.addFault({ on: 'api', kind: 'latency', ms: 30_000, times: 1 });
    const [slow, second] = await Promise.all([
      world.call('GET', '/users/me'),
      world.call('GET', '/users/me'),
    ]);
    expect([slow.status, second.status].sort()).toEqual([200, 429]);
  });

  it('can fail as often as a fault says', async () => {
    const { controls } = world.simulator;
    controls.addFault({ on: 'api', path: '/users', kind: 'status', status: 500, times: 1 });
    expect(await world.call('GET', '/workspaces')).toMatchObject({ status: 200 });
    expect(await world.call('GET', '/users/me')).toMatchObject({
      status: 500,
      body: { errors: [{ phrase: expect.any(String) }] },
    });
    expect(await world.call('GET', '/users/me')).toMatchObject({ status: 200 });
    controls.addFault({ on: 'api', kind: 'status', status: 429, retryAfterSeconds: 7, times: 1 });
    expect((await world.call('GET', '/users/me')).headers.get('retry-after')).toBe('7');
  });

  it.each([
    ['reset', 0],
    ['act-then-reset', 1],
  ] as const)('can close the connection (%s)', async (kind, left) => {
    world.simulator.controls.addFault({ on: 'api', method: 'POST', kind, times: 1 });
    await expect(create()).rejects.toThrow('fetch failed');
    expect(world.simulator.controls.webhooks()).toHaveLength(left);
  });

  it.each([
    ['hang', 0],
    ['act-then-hang', 1],
  ] as const)('can keep its caller waiting (%s)', async (kind, left) => {
    await world.close();
    const clock = createTestClock();
    world = await startWorld({}, clock.simulator);
    world.simulator.controls.addFault({ on: 'api', method: 'POST', kind, times: 1 });
    const { seeded, target, simulator } = world;
    const call = fetch(`${simulator.baseUrl}/webhooks`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${seeded.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ data: { resource: seeded.project, target: `${target.url}/hook` } }),
      signal: clock.timeout(30_000),
    });
    await Promise.all([expect(call).rejects.toThrow('timeout'), clock.sleep(30_000)]);
    expect(simulator.controls.webhooks()).toHaveLength(left);
  });
});
