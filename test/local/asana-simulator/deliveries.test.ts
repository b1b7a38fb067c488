import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Knobs } from '../../../local/asana-simulator/knobs.ts';
import { signatureOf } from '../../../local/asana-simulator/sign.ts';
import { startWorld, type TestWorld } from './world.ts';

const hour = 3_600_000;

let world: TestWorld;
beforeEach(async () => {
  world = await startQuiet();
});
afterEach(() => world.close());

/** Starts a world in which a change adds no story, so that a test can count the events that it caused. */
function startQuiet(knobs: Partial<Knobs> = {}): Promise<TestWorld> {
  return startWorld({ systemStories: false, ...knobs });
}

function change(fields: object): Promise<unknown> {
  return world.call('PUT', `/tasks/${world.seeded.tasks[0]}`, fields);
}

async function state(gid: string) {
  return (await world.call('GET', `/webhooks/${gid}`)).body.data;
}

describe('signatureOf()', () => {
  // The expected value was computed with Python's hmac module.
  it('is HMAC-SHA256 of the bytes, with the secret as text for the key', () => {
    const secret = 'b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81';
    const body =
      '{ "events" : [ {"action":"changed","note":"caf\\u00e9 – 日本語 😀","action":"added"} ]\r\n}';
    expect(signatureOf(secret, body)).toBe(
      '103740016ee042bb863d9c59cdd2f319b4061e01782fdfd4027d26ee9a68af46',
    );
  });
});

describe('a delivery', () => {
  it('is signed, and contains only gids and types', async () => {
    await world.webhook();
    await change({ due_on: '2026-12-24' });
    await world.clock.advance(5_000);
    const delivery = world.target.received.find(({ body }) => body.includes('due_on'));
    const secret = String(world.target.received[0]?.headers['x-hook-secret']);
    expect(delivery?.rawHeaders).toContain('X-Hook-Signature');
    expect(delivery?.headers['x-hook-signature']).toBe(signatureOf(secret, delivery?.body ?? ''));
    expect(JSON.parse(delivery?.body ?? '')).toEqual({
      events: [
        {
          user: { gid: world.seeded.user, resource_type: 'user' },
          created_at: '2026-11-23T10:00:00.000Z',
          action: 'changed',
          resource: { gid: world.seeded.tasks[0], resource_type: 'task', resource_subtype: 'default_task' },
          parent: null,
          change: { field: 'due_on', action: 'changed' },
        },
      ],
    });
  });

  it('batches the events within its window, up to its maximum size', async () => {
    await world.close();
    world = await startQuiet({ maxBatch: 2 });
    await world.webhook();
    await change({ name: 'a', notes: 'b', due_on: '2026-12-24' });
    await world.clock.advance(10_000);
    const sizes = world.simulator.controls
      .deliveries()
      .filter(({ kind }) => kind === 'events')
      .map(({ events }) => events);
    expect(sizes).toEqual([2, 1]);
  });

  it('contains two events with the same time for a completion', async () => {
    await world.webhook();
    await change({ completed: true });
    await world.clock.advance(5_000);
    const [first, second] = world.events();
    expect(first).toMatchObject({ change: { field: 'completed' } });
    expect(second).toMatchObject({ change: { field: 'completed_at' }, created_at: first?.created_at });
  });

  it('contains each form of a change', async () => {
    await world.webhook();
    const { user, customField, options } = world.seeded;
    const [task] = world.seeded.tasks;
    await change({ assignee: 'me' });
    await change({ assignee: null });
    await change({ custom_fields: { [customField]: options[0] } });
    await world.call('POST', `/tasks/${task}/addFollowers`, { followers: [user] });
    await world.clock.advance(5_000);
    expect(world.events().map(({ change }) => change)).toMatchObject([
      { field: 'assignee', action: 'changed', new_value: { gid: user, resource_type: 'user' } },
      { field: 'assignee', action: 'changed', new_value: null },
      { field: 'custom_fields', new_value: { gid: customField, enum_value: { gid: options[0] } } },
    ]);
  });

  it('contains events of comments, and of added and removed tasks', async () => {
    await world.webhook();
    const { project } = world.seeded;
    const { body } = await world.call('POST', '/tasks', { name: 'New', projects: [project] });
    const task = body.data.gid;
    await world.call('POST', `/tasks/${task}/stories`, { text: 'Hello' });
    await world.call('POST', `/tasks/${task}/removeProject`, { project });
    await world.call('POST', `/tasks/${task}/addProject`, { project });
    await world.call('DELETE', `/tasks/${task}`);
    await world.clock.advance(5_000);
    expect(world.events()).toMatchObject([
      { action: 'added', resource: { gid: task }, parent: { gid: project } },
      {
        action: 'added',
        resource: { resource_type: 'story', resource_subtype: 'comment_added' },
        parent: { gid: task },
      },
      { action: 'removed', parent: { gid: project } },
      { action: 'added', parent: { gid: project } },
      { action: 'deleted', resource: { gid: task } },
    ]);
  });

  it('needs one filter that matches, and a filter matches only if all its members match', async () => {
    await world.webhook({
      filters: [
        { resource_type: 'task', action: 'changed', fields: ['due_on', 'notes'] },
        { resource_type: 'story', resource_subtype: 'comment_added' },
      ],
    });
    await change({ name: 'x', notes: 'y' });
    await world.call('POST', `/tasks/${world.seeded.tasks[0]}/stories`, { text: 'Hello' });
    await world.clock.advance(5_000);
    expect(world.events()).toMatchObject([
      { change: { field: 'notes' } },
      { resource: { resource_type: 'story' } },
    ]);
  });

  it('of a workspace contains events of projects, but not of tasks', async () => {
    await world.webhook({ resource: world.seeded.workspace, filters: [{ resource_type: 'project' }] });
    await change({ name: 'x' });
    await world.call('POST', '/projects', { name: 'New', workspace: world.seeded.workspace });
    await world.clock.advance(5_000);
    expect(world.events()).toMatchObject([{ action: 'added', resource: { resource_type: 'project' } }]);
  });
});

describe('a heartbeat', () => {
  it('is sent after the creation and then every 8 hours, signed', async () => {
    await world.webhook();
    await world.clock.advance(24 * hour);
    const heartbeats = world.target.received.filter(({ body }) => body === '{"events":[]}');
    expect(heartbeats).toHaveLength(3);
    expect(heartbeats[0]?.headers['x-hook-signature']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('can be unsigned', async () => {
    await world.close();
    world = await startQuiet({ signHeartbeats: false });
    await world.webhook();
    await world.clock.advance(2_000);
    expect(world.target.received.at(-1)).toMatchObject({ body: '{"events":[]}' });
    expect(world.target.received.at(-1)?.headers).not.toHaveProperty('x-hook-signature');
  });
});

describe('a webhook whose target fails', () => {
  it('shows its health, retries with backoff, and delivers all waiting events when the target recovers', async () => {
    const gid = await world.webhook();
    await world.clock.advance(2_000);
    world.target.status = 503;
    world.target.body = '{"error":"storage-failed"}';
    await change({ name: 'a' });
    await world.clock.advance(1_500);
    expect(await state(gid)).toMatchObject({
      delivery_retry_count: 1,
      last_failure_content: '503\n\n{"error":"storage-failed"}',
      next_attempt_after: '2026-11-23T10:01:03.000Z',
      failure_deletion_timestamp: '2026-11-24T10:00:03.000Z',
    });
    await change({ name: 'b' });
    await world.clock.advance(2 * 60_000);
    expect(await state(gid)).toMatchObject({ delivery_retry_count: 2 });
    world.target.status = 200;
    await world.clock.advance(hour);
    expect(await state(gid)).toMatchObject({
      delivery_retry_count: 0,
      next_attempt_after: null,
      failure_deletion_timestamp: null,
    });
    expect(JSON.parse(world.target.received.at(-1)?.body ?? '').events).toHaveLength(2);
  });

  it('is deleted after 24 hours without success', async () => {
    const gid = await world.webhook();
    await world.clock.advance(2_000);
    world.target.status = 500;
    await change({ name: 'a' });
    await world.clock.advance(23 * hour);
    expect((await world.call('GET', `/webhooks/${gid}`)).status).toBe(200);
    await world.clock.advance(2 * hour);
    expect((await world.call('GET', `/webhooks/${gid}`)).status).toBe(404);
  });

  it('can be deleted by a 410 answer', async () => {
    await world.close();
    world = await startQuiet({ deleteOn410: true });
    const gid = await world.webhook();
    world.target.status = 410;
    await world.clock.advance(2_000);
    expect((await world.call('GET', `/webhooks/${gid}`)).status).toBe(404);
  });

  it('can get the same request again instead of a new batch', async () => {
    await world.close();
    world = await startQuiet({ retryBody: 'identical' });
    await world.webhook();
    await world.clock.advance(2_000);
    world.target.status = 500;
    await change({ name: 'a' });
    await world.clock.advance(1_500);
    await change({ name: 'b' });
    world.target.status = 200;
    await world.clock.advance(2 * 60_000);
    const sizes = world.simulator.controls
      .deliveries()
      .filter(({ kind }) => kind === 'events')
      .map(({ events }) => events);
    expect(sizes).toEqual([1, 1, 1]);
  });
});

describe('deliveries with a fault', () => {
  const counted = (kind: 'lost-answer' | 'duplicate' | 'reverse' | 'lose-events' | 'shuffle-members') =>
    world.simulator.controls.addFault({ on: 'delivery', kind, times: 1 });

  it('are sent twice', async () => {
    await world.webhook();
    counted('duplicate');
    await change({ name: 'a' });
    await world.clock.advance(5_000);
    expect(world.events()).toHaveLength(2);
  });

  it('lose their answer, and are sent again', async () => {
    await world.webhook();
    counted('lost-answer');
    await change({ name: 'a' });
    await world.clock.advance(5 * 60_000);
    expect(world.events()).toHaveLength(2);
  });

  it('are sent in reverse order, with the members of events in another order', async () => {
    await world.webhook();
    counted('reverse');
    counted('shuffle-members');
    await change({ completed: true });
    await world.clock.advance(5_000);
    expect(world.events()).toMatchObject([
      { change: { field: 'completed_at' } },
      { change: { field: 'completed' } },
    ]);
    expect(Object.keys(world.events()[0] ?? {})[0]).toBe('change');
  });

  it('are lost', async () => {
    await world.webhook();
    counted('lose-events');
    await change({ name: 'a' });
    await change({ name: 'b' });
    await world.clock.advance(5_000);
    expect(world.events()).toHaveLength(1);
  });

  it('contain injected events unchanged, and are sent again after the deletion', async () => {
    const gid = await world.webhook();
    world.simulator.controls.inject(gid, [{ action: 'sync_error', message: 'verloren – 失' }]);
    await world.clock.advance(5_000);
    await world.call('DELETE', `/webhooks/${gid}`);
    await world.simulator.controls.resend(gid);
    expect(world.events()).toEqual([
      { action: 'sync_error', message: 'verloren – 失' },
      { action: 'sync_error', message: 'verloren – 失' },
    ]);
  });
});

describe('GET /events', () => {
  const read = (resource: string | undefined, sync?: string) =>
    world.call('GET', `/events?resource=${resource}${sync ? `&sync=${sync}` : ''}`);

  it('first answers 412 with a token, then answers with the events since', async () => {
    const { project, tasks, user } = world.seeded;
    const first = await read(project);
    expect(first.status).toBe(412);
    expect(first.body).toMatchObject({ sync: expect.stringMatching(/^[0-9a-f]{32}$/), errors: [{}] });
    await change({ due_on: '2026-12-24' });
    const second = await read(project, first.body.sync);
    expect(second).toMatchObject({ status: 200, body: { has_more: false } });
    expect(second.body.data).toEqual([
      {
        user: { gid: user, resource_type: 'user', name: 'Example user' },
        created_at: '2026-11-23T10:00:00.000Z',
        type: 'task',
        action: 'changed',
        resource: {
          gid: tasks[0],
          resource_type: 'task',
          resource_subtype: 'default_task',
          name: 'Write the plan',
        },
        parent: null,
        change: { field: 'due_on', action: 'changed' },
      },
    ]);
    expect((await read(project, first.body.sync)).body.data).toEqual(second.body.data);
    expect((await read(project, second.body.sync)).body.data).toEqual([]);
  });

  it('paginates, and selects fields', async () => {
    await world.close();
    world = await startQuiet({ eventsPerPage: 2 });
    const { project } = world.seeded;
    const { sync } = (await read(project)).body;
    await change({ name: 'a', notes: 'b', due_on: '2026-12-24' });
    const first = (await read(project, sync)).body;
    expect(first).toMatchObject({ data: [{}, {}], has_more: true });
    expect((await read(project, first.sync)).body).toMatchObject({
      data: [{ change: { field: 'due_on' } }],
      has_more: false,
    });
    const picked = await world.call('GET', `/events?resource=${project}&sync=${sync}&opt_fields=action`);
    expect(picked.body.data[0]).toEqual({ action: 'changed' });
  });

  it('refuses its tokens after 24 hours', async () => {
    const { sync } = (await read(world.seeded.project)).body;
    await world.clock.advance(24 * hour);
    expect(await read(world.seeded.project, sync)).toMatchObject({
      status: 412,
      body: { sync: expect.any(String) },
    });
  });

  it('has no events on a workspace, and requires a resource', async () => {
    expect(await read(world.seeded.workspace)).toMatchObject({ status: 400 });
    expect(await world.call('GET', '/events')).toMatchObject({ status: 400 });
    expect(await read('42')).toMatchObject({ status: 404 });
  });
});
