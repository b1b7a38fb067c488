import { beforeEach, describe, expect, it } from 'vitest';
import { checkConnection } from '../../../core/connections/check-connection.ts';
import { notReady, type OAuthAccess } from '../../../core/connections/credentials.ts';
import { deleteConnection } from '../../../core/connections/delete-connection.ts';
import { listConnections } from '../../../core/connections/list-connections.ts';
import type { AsanaUser } from '../../../core/connections/ports.ts';
import { putConnection } from '../../../core/connections/put-connection.ts';
import type { ConnectionServices } from '../../../core/connections/services.ts';
import { AsanaError, NamedError } from '../../../core/errors.ts';
import { createMemoryConnections, type MemoryConnections } from '../../memory/connections.ts';

const personal = { kind: 'personalAccessToken', token: 'old-token' } as const;
const granted: OAuthAccess = {
  kind: 'oauth2',
  accessToken: 'a',
  refreshToken: 'r',
  expiresAt: new Date('2026-11-23T11:00:00.000Z'),
  scopes: null,
};
const user: AsanaUser = { gid: '7', name: 'Ada', workspaces: [{ gid: '1', name: 'One' }] };

let connections: MemoryConnections;
let services: ConnectionServices;
/** What Asana answers to the stored token, and to a token that is not stored. */
let me: () => Promise<AsanaUser>;
let revoke: () => Promise<void>;
let forgotten: string[];

beforeEach(() => {
  connections = createMemoryConnections();
  connections.stored.set('sales', personal);
  me = async () => user;
  revoke = async () => undefined;
  forgotten = [];
  const users = () => ({ me: () => me(), myGid: async () => user.gid });
  services = {
    connections,
    authorization: { revoke: () => revoke() } as Partial<
      ConnectionServices['authorization']
    > as ConnectionServices['authorization'],
    registry: { subscriptionsOf: async () => [] },
    asana: users,
    asanaOf: users,
    forgetToken: (connection) => void forgotten.push(connection),
  };
});

const fails = (name: AsanaError['name'], status?: number, message?: string) => async () => {
  const details = message === undefined ? [] : [{ message }];
  throw new AsanaError(name as 'AsanaUnavailable', 'GET /users/me', { status, details });
};
const refused = fails('AsanaUnauthorized', 401, 'Not Authorized');
const hidden = fails('AsanaForbidden', 403, 'missing scope');
const down = () => Promise.reject(new NamedError('StorageUnavailable', 'down'));

describe('putConnection()', () => {
  const put = () => putConnection({ connection: 'sales', personalAccessToken: 'new-token' }, services);

  it('stores a token that Asana accepts, and forgets the cached token', async () => {
    expect((await put()).data).toMatchObject({ state: 'ready', user: { gid: '7' }, missingScopes: [] });
    expect(connections.stored.get('sales')).toEqual({ ...personal, token: 'new-token' });
    expect(forgotten).toEqual(['sales']);
  });

  it('stores a token that Asana accepts and that may not read its user', async () => {
    me = hidden;
    expect((await put()).data).toMatchObject({ state: 'ready', user: null, missingScopes: ['users:read'] });
    expect(connections.stored.get('sales')).toEqual({ ...personal, token: 'new-token' });
  });

  it.each([
    ['401', refused, 'ConnectionNotReady'],
    ['402', fails('AsanaPaymentRequired', 402, 'plan'), 'AsanaPaymentRequired'],
    ['403 of a gateway', fails('AsanaForbidden', 403), 'AsanaForbidden'],
    ['429', fails('AsanaRateLimited', 429, 'slowly'), 'AsanaRateLimited'],
    ['503', fails('AsanaUnavailable', 503), 'AsanaUnavailable'],
    ['a timeout', fails('AsanaTimeout'), 'AsanaTimeout'],
  ])('changes nothing after %s', async (_, failure, name) => {
    me = failure;
    const { version } = (await connections.read('sales')) ?? {};
    const error = await put().catch((caught: Error) => caught);
    expect(error).toMatchObject({ name });
    expect(String(error)).not.toContain('new-token');
    expect(await connections.read('sales')).toEqual({ credentials: personal, version });
  });

  it('removes nothing if the secrets cannot be reached', async () => {
    connections.read = down;
    connections.write = down;
    connections.remove = () => Promise.reject(new Error('must not be called'));
    for (const answer of [refused, async () => user]) {
      me = answer;
      await expect(put()).rejects.toBeInstanceOf(NamedError);
    }
    expect(connections.stored.get('sales')).toEqual(personal);
    // The write may have happened although it failed.
    expect(forgotten).toEqual(['sales']);
  });
});

describe('checkConnection()', () => {
  const check = async () => (await checkConnection({ connection: 'sales' }, services)).data;

  it('asks with the stored token: it first forgets the cached token', async () => {
    expect(await check()).toMatchObject({ state: 'ready' });
    expect(forgotten).toEqual(['sales']);
  });

  it('reports a token that Asana refuses', async () => {
    me = refused;
    expect(await check()).toMatchObject({ state: 'refused', user: null, can: { readWebhooks: false } });
  });

  it.each([
    [null, ['users:read']],
    [['webhooks:read'], ['users:read', 'workspaces:read']],
    [['users:read'], ['workspaces:read']],
    [['workspaces:read'], ['users:read']],
    [['users:read', 'workspaces:read'], ['users:read']],
  ])('names the missing scopes of a token with the scopes %j', async (scopes, missingScopes) => {
    connections.stored.set('sales', { ...granted, scopes });
    me = hidden;
    expect(await check()).toMatchObject({ state: 'ready', user: null, missingScopes });
  });

  it.each([
    ['403 of a gateway', fails('AsanaForbidden', 403), 'AsanaForbidden'],
    ['503', fails('AsanaUnavailable', 503), 'AsanaUnavailable'],
  ])('fails after %s, which does not show whether the token works', async (_, failure, name) => {
    me = failure;
    await expect(check()).rejects.toMatchObject({ name });
  });

  it('reports the revocation that the call found', async () => {
    connections.stored.set('sales', granted);
    me = async () => {
      connections.stored.set('sales', { ...granted, revokedAt: new Date(0) });
      throw notReady('sales', 'its grant was revoked');
    };
    expect(await check()).toMatchObject({ state: 'revoked', can: { readWebhooks: false } });
  });

  it('reports the state after the call', async () => {
    me = async () => {
      connections.stored.set('sales', { kind: 'empty' });
      return user;
    };
    expect(await check()).toMatchObject({ state: 'empty', user: null, can: { readWebhooks: false } });
  });

  it('checks again if the credentials were replaced during the check', async () => {
    me = async () => {
      me = refused;
      throw notReady('sales', 'its grant was revoked');
    };
    expect(await check()).toMatchObject({ state: 'refused' });
  });

  it('never reports `ready` if the credentials could not be used', async () => {
    me = () => Promise.reject(notReady('sales', 'its grant was revoked'));
    await expect(check()).rejects.toMatchObject({ name: 'ConnectionNotReady' });
  });

  it('fails if the connection is deleted during the check', async () => {
    me = async () => {
      connections.stored.delete('sales');
      return user;
    };
    await expect(check()).rejects.toMatchObject({ name: 'ConnectionNotFound' });
  });
});

describe('deleteConnection()', () => {
  const remove = async (force = false) =>
    (await deleteConnection({ connection: 'sales', force }, services)).data;
  const unreadable = () => Promise.reject(notReady('sales', 'its secret is not a JSON object'));

  it.each<[string, () => void, string]>([
    ['a personal access token', () => undefined, 'none'],
    ['a grant', () => connections.stored.set('sales', granted), 'revoked'],
    [
      'a grant that was revoked before',
      () => connections.stored.set('sales', { ...granted, revokedAt: new Date(0) }),
      'revoked',
    ],
    ['a secret that cannot be parsed', () => Object.assign(connections, { read: unreadable }), 'unknown'],
  ])('says what happened to the grant of %s', async (_, prepare, grant) => {
    prepare();
    expect(await remove()).toEqual({ connection: 'sales', webhooks: 0, grant });
    expect(connections.stored.has('sales')).toBe(false);
    expect(forgotten).toEqual(['sales']);
  });

  it('deletes nothing if the secret cannot be read', async () => {
    connections.read = down;
    await expect(remove(true)).rejects.toMatchObject({ name: 'StorageUnavailable' });
    expect(connections.stored.get('sales')).toEqual(personal);
  });

  it('deletes nothing if Asana does not revoke the grant, unless forced', async () => {
    connections.stored.set('sales', granted);
    revoke = fails('AsanaTimeout');
    await expect(remove()).rejects.toMatchObject({
      name: 'AsanaTimeout',
      message: expect.stringContaining('set force: true'),
    });
    expect(connections.stored.get('sales')).toEqual(granted);
    expect(await remove(true)).toMatchObject({ grant: 'not-revoked' });
    expect(connections.stored.has('sales')).toBe(false);
  });

  it('finds a connection that the list of secrets does not have yet', async () => {
    connections.names = async () => ['default'];
    expect(await remove()).toMatchObject({ grant: 'none' });
    await expect(remove()).rejects.toMatchObject({ name: 'ConnectionNotFound' });
  });
});

describe('listConnections()', () => {
  it('lists a connection whose secret cannot be parsed, and omits one that was deleted meanwhile', async () => {
    const { read } = connections;
    connections.names = async () => ['broken', 'default', 'gone', 'sales'];
    connections.read = (name) =>
      name === 'broken' ? Promise.reject(notReady(name, 'its secret is not a JSON object')) : read(name);
    expect(await listConnections({}, services)).toEqual({
      data: [
        { connection: 'broken', kind: 'empty', state: 'unreadable' },
        { connection: 'default', kind: 'empty', state: 'empty' },
        { connection: 'sales', kind: 'personalAccessToken', state: 'ready' },
      ],
    });
  });
});
