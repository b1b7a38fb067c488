import { expect, it } from 'vitest';
import type { AsanaRequest } from '../../../adapters/asana/request.ts';
import { listWorkspaces } from '../../../adapters/asana/workspaces.ts';
import { AsanaError } from '../../../core/errors.ts';

const refused = (status: 401 | 403) =>
  new AsanaError(status === 401 ? 'AsanaUnauthorized' : 'AsanaForbidden', 'GET', {
    status,
    details: [{ message: 'Missing scope' }],
  });

/** Lists workspaces with these answers of Asana, in turn. Returns the paths and offsets of the calls, too. */
async function list(...answers: (object | Error)[]) {
  const calls: string[] = [];
  const call = async ({ path, query }: AsanaRequest) => {
    calls.push([path, query?.offset].filter(Boolean).join(' '));
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer as { data: unknown };
  };
  const gids = await listWorkspaces(call).catch((error: Error) => error);
  return { gids, calls };
}

it('asks for the user first', async () => {
  expect(await list({ data: { workspaces: [{ gid: '7' }, { gid: '8' }] } })).toEqual({
    gids: ['7', '8'],
    calls: ['/users/me'],
  });
});

it.each([401, 403] as const)('lists the workspaces if Asana refuses the user with %i', async (status) => {
  const first = { data: [{ gid: '7' }], next_page: { offset: 'o' } };
  expect(await list(refused(status), first, { data: [{ gid: '8' }], next_page: null })).toEqual({
    gids: ['7', '8'],
    calls: ['/users/me', '/workspaces', '/workspaces o'],
  });
});

it('names both scopes if Asana refuses both calls', async () => {
  const { gids } = await list(refused(403), refused(401));
  expect(gids).toMatchObject({ name: 'AsanaForbidden' });
  expect(String(gids)).toContain('users:read or workspaces:read');
});

it('does not take a failure for a refusal', async () => {
  const down = new AsanaError('AsanaUnavailable', 'GET', { status: 503 });
  expect((await list(down)).gids).toBe(down);
  expect((await list(refused(403), down)).gids).toBe(down);
});
