import { beforeEach, describe, expect, it } from 'vitest';
import { beginOAuth } from '../../../core/connections/begin-oauth.ts';
import { finishOAuth } from '../../../core/connections/finish-oauth.ts';
import type { AuthorizationServer } from '../../../core/connections/ports.ts';
import type { OAuthServices } from '../../../core/connections/services.ts';
import { createMemoryConnections, createMemoryOAuthRequests } from '../../memory/connections.ts';

const redirectUri = 'http://127.0.0.1:5000/callback';

let time: number;
let exchanged: object[];
let services: OAuthServices;

beforeEach(() => {
  time = Date.parse('2026-11-23T10:00:00.000Z');
  exchanged = [];
  services = {
    connections: createMemoryConnections(),
    oauthRequests: createMemoryOAuthRequests(),
    authorization: {
      authorizationUrl: async ({ state, codeChallenge }) => `https://asana/?s=${state}&c=${codeChallenge}`,
      async exchangeCode(grant) {
        exchanged.push(grant);
        return { accessToken: 'a', refreshToken: 'r', expiresAt: new Date(time + 3_600_000) };
      },
    } as AuthorizationServer,
    registry: { findByConnection: async () => [] },
    asana: () => ({ me: async () => ({ gid: '1', name: 'Somebody', workspaces: [] }) }),
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
    expect(await services.connections.read('sales')).toMatchObject({ accessToken: 'a', refreshToken: 'r' });
  });

  it('has a new state and a new verifier each time', async () => {
    const begun = await Promise.all(
      Array.from({ length: 20 }, () => beginOAuth({ connection: 'sales', redirectUri }, services)),
    );
    expect(new Set(begun.map(({ data }) => data.state)).size).toBe(20);
    expect(new Set(begun.map(({ data }) => data.authorizationUrl.split('c=')[1])).size).toBe(20);
  });
});
