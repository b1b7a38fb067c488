import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, EventsApi, ProjectsApi, TasksApi, UsersApi, WebhooksApi } from 'asana';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAsanaClient } from '../../../adapters/asana/client.ts';
import { defaultRetryPolicy } from '../../../adapters/asana/retry.ts';
import { timeOf } from '../../../core/time-budget.ts';
import { startWorld, type TestWorld } from '../../local/asana-simulator/world.ts';

let world: TestWorld;
let client: ApiClient;
let ours: ReturnType<typeof createAsanaClient>;

beforeEach(async () => {
  world = await startWorld();
  client = new ApiClient();
  client.basePath = world.simulator.baseUrl;
  client.authentications.token.accessToken = world.seeded.token;
  // The client returns pages as Asana sends them, so that a test can read their sync token.
  client.RETURN_COLLECTION = false;
  ours = createAsanaClient({
    baseUrl: world.simulator.baseUrl,
    token: { get: async () => world.seeded.token, renew: async () => undefined },
    fetch,
    now: () => new Date(),
    sleep,
    random: Math.random,
    policy: defaultRetryPolicy,
    time: timeOf(60_000, () => new Date()),
    timeout: AbortSignal.timeout,
  });
});
afterEach(() => world.close());

describe("Asana's official client drives the simulator", () => {
  it('through the five webhook calls', async () => {
    const webhooks = new WebhooksApi(client);
    const { project, workspace } = world.seeded;
    const target = `${world.target.url}/hook`;
    const created = await webhooks.createWebhook?.({ data: { resource: project, target } }, {});
    expect(created).toMatchObject({ data: { active: true, target }, 'X-Hook-Secret': expect.any(String) });
    const { gid } = (created as { data: { gid: string } }).data;
    expect(await webhooks.getWebhook?.(gid, {})).toMatchObject({ data: { gid, filters: [] } });
    expect(await webhooks.getWebhooks?.(workspace, { limit: 1 })).toMatchObject({
      data: [{ gid }],
      next_page: null,
    });
    const body = { data: { filters: [{ resource_type: 'task', action: 'added' }] } };
    expect(await webhooks.updateWebhook?.(body, gid, {})).toMatchObject({
      data: { filters: [{ action: 'added' }] },
    });
    expect(await webhooks.deleteWebhook?.(gid)).toMatchObject({ data: {} });
    await expect(webhooks.getWebhook?.(gid, {})).rejects.toMatchObject({ status: 404 });
  });

  it('through tasks and their events', async () => {
    const tasks = new TasksApi(client);
    const events = new EventsApi(client);
    const { project } = world.seeded;
    const begin = await events.getEvents?.(project, {}).catch((error: unknown) => error);
    expect(begin).toMatchObject({ status: 412 });
    const { sync } = (begin as { response: { body: { sync: string } } }).response.body;
    const created = await tasks.createTask?.({ data: { name: 'New', projects: [project] } }, {});
    const { gid } = (created as { data: { gid: string } }).data;
    await tasks.updateTask?.({ data: { completed: true } }, gid, {});
    expect(await events.getEvents?.(project, { sync })).toMatchObject({
      data: [
        { action: 'added', resource: { gid, name: 'New' } },
        { action: 'added', resource: { resource_subtype: 'added_to_project' }, parent: { gid } },
        { action: 'changed', change: { field: 'completed' } },
        { action: 'changed', change: { field: 'completed_at' } },
        { action: 'added', resource: { resource_subtype: 'marked_complete' }, parent: { gid } },
      ],
      has_more: false,
      sync: expect.any(String),
    });
  });

  it('as the user of its token', async () => {
    expect(await new UsersApi(client).getUser?.('me', {})).toMatchObject({
      data: { gid: world.seeded.user },
    });
  });
});

describe('our client sends the same requests as the official client', () => {
  /** The last call. Its query is sorted, because the order of a query has no meaning. */
  function lastCall() {
    const { method, path, query, body, contentType } = world.simulator.controls.requests().at(-1) ?? {};
    return {
      method,
      path,
      query: (query ?? '').split('&').sort(),
      body: body === '' ? '' : JSON.parse(body ?? '""'),
      contentType: body === '' ? '' : contentType?.split(';')[0],
    };
  }

  async function compare(theirs: () => Promise<unknown> | undefined, mine: () => Promise<unknown>) {
    await theirs()?.catch(() => undefined);
    const official = lastCall();
    await mine().catch(() => undefined);
    expect(world.simulator.controls.requests().length).toBeGreaterThanOrEqual(2);
    expect(lastCall()).toEqual(official);
  }

  const fields = ['resource.name', 'filters.action', 'target'];
  const filters = [{ resource_type: 'task', action: 'changed', fields: ['due_on'] }];
  const optioned = { optFields: fields, optPretty: true };
  const theirOptions = { opt_fields: fields.join(','), opt_pretty: true };

  it('when it creates a webhook', async () => {
    const { project: resource } = world.seeded;
    const target = `${world.target.url}/hook?state=a%26b`;
    const webhooks = new WebhooksApi(client);
    await compare(
      () => webhooks.createWebhook?.({ data: { resource, target, filters } }, theirOptions),
      () => ours.createWebhook({ resource, target, filters }, optioned),
    );
    await compare(
      () => webhooks.createWebhook?.({ data: { resource, target } }, {}),
      () => ours.createWebhook({ resource, target }, {}),
    );
  });

  it('when it reads and lists webhooks', async () => {
    const gid = await world.webhook();
    await world.webhook({ target: `${world.target.url}/other` });
    const { workspace, project: resource } = world.seeded;
    const webhooks = new WebhooksApi(client);
    await compare(
      () => webhooks.getWebhook?.(gid, theirOptions),
      () => ours.getWebhook(gid, optioned),
    );
    await compare(
      () => webhooks.getWebhook?.(gid, {}),
      () => ours.getWebhook(gid, {}),
    );
    const page = (await ours.getWebhooks({ workspace, limit: 1 }, {})) as { next_page: { offset: string } };
    const { offset } = page.next_page;
    await compare(
      () => webhooks.getWebhooks?.(workspace, { ...theirOptions, limit: 1, offset, resource }),
      () => ours.getWebhooks({ workspace, limit: 1, offset, resource }, optioned),
    );
    await compare(
      () => webhooks.getWebhooks?.(workspace, {}),
      () => ours.getWebhooks({ workspace }, {}),
    );
  });

  it('when it updates a webhook', async () => {
    const gid = await world.webhook();
    const webhooks = new WebhooksApi(client);
    await compare(
      () => webhooks.updateWebhook?.({ data: { filters } }, gid, theirOptions),
      () => ours.updateWebhook(gid, { filters }, optioned),
    );
    await compare(
      () => webhooks.updateWebhook?.({ data: { filters: [] } }, gid, {}),
      () => ours.updateWebhook(gid, { filters: [] }, {}),
    );
  });

  it('when it lists projects', async () => {
    const projects = new ProjectsApi(client);
    const { workspace, team } = world.seeded;
    const options = { archived: false, limit: 100, opt_fields: 'name' };
    await compare(
      () => projects.getProjectsForWorkspace?.(workspace, options),
      () => ours.projects({ workspace }, { limit: 100 }),
    );
    await compare(
      () => projects.getProjectsForTeam?.(team, options),
      () => ours.projects({ team }, { limit: 100 }),
    );
  });

  it('when it reads its own user', async () => {
    const users = new UsersApi(client);
    await compare(
      () => users.getUser?.('me', { opt_fields: 'name,email,workspaces.name' }),
      () => ours.me(),
    );
    await compare(
      () => users.getUser?.('me', { opt_fields: 'gid' }),
      () => ours.myGid(),
    );
    await compare(
      () => users.getUser?.('me', { opt_fields: 'workspaces' }),
      () => ours.workspaces(),
    );
  });

  it('when it deletes a webhook', async () => {
    const gid = await world.webhook();
    const webhooks = new WebhooksApi(client);
    await compare(
      () => webhooks.deleteWebhook?.(gid),
      () => ours.deleteWebhook(gid, {}),
    );
  });
});
