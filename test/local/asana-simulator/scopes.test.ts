import { afterEach, beforeEach, expect, it } from 'vitest';
import { startWorld, type TestWorld } from './world.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

/** Returns a token of an app that has only these scopes. */
async function tokenWith(scopes: readonly string[]): Promise<string> {
  const app = { clientId: '7', clientSecret: 's', redirectUris: ['http://localhost/cb'], scopes };
  world.simulator.controls.registerApp(app);
  const asked = new URLSearchParams({
    client_id: '7',
    redirect_uri: 'http://localhost/cb',
    response_type: 'code',
    state: 'x',
    scope: scopes.join(' '),
  });
  const page = `${world.simulator.origin}/-/oauth_authorize?${asked}`;
  const { headers } = await fetch(page, { redirect: 'manual' });
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: '7',
    client_secret: 's',
    redirect_uri: 'http://localhost/cb',
    code: new URL(headers.get('location') ?? '').searchParams.get('code') ?? '',
  });
  const answer = await fetch(`${world.simulator.origin}/-/oauth_token`, { method: 'POST', body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

const all = [
  'users:read',
  'workspaces:read',
  'projects:read',
  'projects:write',
  'tasks:read',
  'tasks:write',
  'tasks:delete',
  'stories:write',
  'webhooks:read',
  'webhooks:write',
  'webhooks:delete',
];

it.each<[string, string]>([
  ['GET /users/me', 'users:read'],
  ['GET /users/{user}', 'users:read'],
  ['GET /workspaces', 'workspaces:read'],
  ['GET /workspaces/{workspace}', 'workspaces:read'],
  ['GET /workspaces/{workspace}/projects', 'projects:read'],
  ['GET /teams/{team}/projects', 'projects:read'],
  ['GET /projects?workspace={workspace}', 'projects:read'],
  ['GET /projects/{project}', 'projects:read'],
  ['POST /projects', 'projects:write'],
  ['PUT /projects/{project}', 'projects:write'],
  ['GET /projects/{project}/tasks', 'tasks:read'],
  ['GET /tasks/{task}', 'tasks:read'],
  ['POST /tasks', 'tasks:write'],
  ['PUT /tasks/{task}', 'tasks:write'],
  ['POST /tasks/{task}/addProject', 'tasks:write'],
  ['POST /tasks/{task}/removeProject', 'tasks:write'],
  ['POST /tasks/{task}/addFollowers', 'tasks:write'],
  ['DELETE /tasks/{task}', 'tasks:delete'],
  ['POST /tasks/{task}/stories', 'stories:write'],
  ['GET /webhooks?workspace={workspace}', 'webhooks:read'],
  ['POST /webhooks', 'webhooks:write'],
  ['PUT /webhooks/1', 'webhooks:write'],
  ['DELETE /webhooks/1', 'webhooks:delete'],
])('%s needs the scope %s, and no other', async (call, scope) => {
  const { seeded } = world;
  const gids = { ...seeded, task: seeded.tasks[0] } as unknown as Record<string, string>;
  const [method = '', path = ''] = call.replace(/\{(\w+)\}/, (_, name) => gids[name] ?? '').split(' ');
  const send = async (scopes: readonly string[]) => {
    const token = await tokenWith(scopes);
    return world.call(method, path, method === 'GET' ? undefined : {}, token);
  };
  expect((await send([scope])).status).not.toBe(403);
  const refused = await send(all.filter((each) => each !== scope));
  expect(refused.status).toBe(403);
  expect(refused.body.errors[0].message).toContain(scope);
});

it('no scope lets a token read events', async () => {
  const token = await tokenWith(all);
  const { status } = await world.call('GET', `/events?resource=${world.seeded.project}`, undefined, token);
  expect(status).toBe(403);
});
