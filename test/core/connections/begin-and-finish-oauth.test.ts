import { beforeEach, describe, expect, it } from 'vitest';
import { createOAuthRequests } from '../../../adapters/aws/oauth-requests.ts';
import { beginOAuth } from '../../../core/connections/begin-oauth.ts';
import { finishInBrowser, startInBrowser } from '../../../core/connections/browser-oauth.ts';
import { finishOAuth } from '../../../core/connections/finish-oauth.ts';
import type { AsanaUser, AuthorizationServer } from '../../../core/connections/ports.ts';
import type { OAuthServices } from '../../../core/connections/services.ts';
import { AsanaError, NamedError } from '../../../core/errors.ts';
import { createMemoryConnections } from '../../memory/connections.ts';
import { createMemoryTable } from '../../memory/registry-table.ts';

const redirectUri = 'http://127.0.0.1:5000/callback';

let time: number;
let exchanged: object[];
let services: OAuthServices;
/** What Asana answers to `/users/me`, for a stored token and for the new token. */
let me: () => Promise<AsanaUser>;

beforeEach(() => {
  time = Date.parse('2026-11-23T10:00:00.000Z');
  exchanged = [];
  me = async () => ({ gid: '1', name: 'Somebody', workspaces: [] });
  services = {
    connections: createMemoryConnections(),
    oauthRequests: createOAuthRequests(createMemoryTable(() => new Date(time))),
    authorization: {
      authorizationUrl: async ({ state, codeChallenge }) => `https://asana/?s=${state}&c=${codeChallenge}`,
      async exchangeCode(grant) {
        exchanged.push(grant);
        return { accessToken: 'a', refreshToken: 'r', expiresAt: new Date(time + 3_600_000), userGid: '1' };
      },
    } as AuthorizationServer,
    registry: { subscriptionsOf: async () => [] },
    asana: () => ({ me: () => me(), myGid: async () => '1' }),
    asanaOf: () => ({ me: () => me(), myGid: async () => '1' }),
    forgetToken: () => undefined,
    now: () => new Date(time),
    publicBaseUrl: 'https://hooks.example.com',
    returnUrls: ['https://product.example.com/connected'],
  };
});

describe('an authorization', () => {
  it('expires after ten minutes', async () => {
    const { data } = await beginOAuth({ connection: 'sales', redirectUri }, services);
    expect(data.expiresAt).toBe('2026-11-23T10:10:00.000Z');
    time += 10 * 60_000;
    await expect(finishOAuth({ state: data.state, code: 'c' }, services)).rejects.toMatchObject({
      name: 'OAuthStateUnknown',
    });
    expect(exchanged).toEqual([]);
  });

  it('keeps its connection, scopes and redirectUri until it expires', async () => {
    const scopes = ['webhooks:read'];
    const { data } = await beginOAuth({ connection: 'sales', redirectUri, scopes }, services);
    time += 10 * 60_000 - 1;
    const finished = await finishOAuth({ state: data.state, code: 'c' }, services);
    expect(finished.data).toMatchObject({ connection: 'sales', kind: 'oauth2', scopes });
    expect(exchanged).toEqual([{ code: 'c', redirectUri, codeVerifier: expect.stringMatching(/^.{43}$/) }]);
    expect(await stored()).toMatchObject({ accessToken: 'a', refreshToken: 'r', userGid: '1' });
  });

  it('has a new state and a new verifier each time', async () => {
    const begun = await Promise.all(
      Array.from({ length: 20 }, () => beginOAuth({ connection: 'sales', redirectUri }, services)),
    );
    expect(new Set(begun.map(({ data }) => data.state)).size).toBe(20);
    expect(new Set(begun.map(({ data }) => data.authorizationUrl.split('c=')[1])).size).toBe(20);
  });
});

describe('the tokens of an authorization', () => {
  const old = { kind: 'personalAccessToken', token: 'old' } as const;
  beforeEach(() => services.connections.write('sales', old));

  async function finish() {
    const { data } = await beginOAuth({ connection: 'sales', redirectUri }, services);
    return finishOAuth({ state: data.state, code: 'c' }, services);
  }

  it('do not replace other credentials if Asana refuses the new token', async () => {
    me = () => Promise.reject(new AsanaError('AsanaUnauthorized', 'GET /users/me', { status: 401 }));
    await expect(finish()).rejects.toMatchObject({
      name: 'OAuthRefused',
      message: expect.stringContaining('begin again with beginOAuth'),
    });
    expect(await stored()).toEqual(old);
  });

  it('are stored if Asana, which has just issued them, cannot be asked', async () => {
    me = () => Promise.reject(new AsanaError('AsanaUnavailable', 'GET /users/me', { status: 503 }));
    await expect(finish()).rejects.toMatchObject({
      name: 'AsanaUnavailable',
      message: expect.stringContaining('The grant is stored in connection "sales"'),
    });
    expect(await stored()).toMatchObject({ kind: 'oauth2', accessToken: 'a' });
  });

  it('are stored if they may not read their user', async () => {
    const details = [{ message: 'Forbidden' }];
    me = () => Promise.reject(new AsanaError('AsanaForbidden', 'GET /users/me', { status: 403, details }));
    expect((await finish()).data).toMatchObject({
      state: 'ready',
      user: null,
      missingScopes: ['users:read'],
    });
    expect(await stored()).toMatchObject({ kind: 'oauth2' });
  });

  it('are not stored if the code is not valid', async () => {
    services.authorization.exchangeCode = () =>
      Promise.reject(new NamedError('OAuthRefused', 'invalid_grant'));
    await expect(finish()).rejects.toMatchObject({ name: 'OAuthRefused' });
    expect(await stored()).toEqual(old);
  });

  it('that cannot be stored make the call fail, and it says what to do', async () => {
    services.connections.write = () => Promise.reject(new NamedError('StorageUnavailable', 'down.'));
    await expect(finish()).rejects.toMatchObject({
      name: 'StorageUnavailable',
      message: expect.stringContaining('begin again with beginOAuth'),
    });
    expect(await stored()).toEqual(old);
  });
});

describe('a customer’s authorization', () => {
  it('that expired cannot be started in a browser, or be finished', async () => {
    const returnTo = 'https://product.example.com/connected';
    const { data } = await beginOAuth({ connection: 'sales', returnTo }, services);
    const started = await startInBrowser(data.state, services);
    expect(started).toMatchObject({ kind: 'redirect' });
    const remembered = started.kind === 'redirect' ? started.remember : undefined;
    time += 10 * 60_000;
    expect(await startInBrowser(data.state, services)).toEqual({ kind: 'unknown' });
    const callback = { state: data.state, code: 'c', remembered };
    expect(await finishInBrowser(callback, services)).toEqual({ kind: 'unknown' });
    expect(exchanged).toEqual([]);
  });
});

async function stored() {
  return (await services.connections.read('sales'))?.credentials;
}
