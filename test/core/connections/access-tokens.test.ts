import { beforeEach, describe, expect, it } from 'vitest';
import { createLeases } from '../../../adapters/aws/leases.ts';
import { type AccessTokens, createAccessTokens } from '../../../core/connections/access-tokens.ts';
import type { OAuthAccess } from '../../../core/connections/credentials.ts';
import type { AuthorizationServer, GrantedTokens } from '../../../core/connections/ports.ts';
import { AsanaError, NamedError } from '../../../core/errors.ts';
import type { Leases } from '../../../core/lease.ts';
import type { TimeBudget } from '../../../core/time-budget.ts';
import { createMemoryConnections, type MemoryConnections } from '../../memory/connections.ts';
import { createMemoryTable } from '../../memory/registry-table.ts';

const begin = Date.parse('2026-11-23T10:00:00.000Z');
const minutes = 60_000;

let time: number;
let connections: MemoryConnections;
let leases: Leases;
let refreshed: string[];
/** Asana's answer to a refresh. */
let answer: (refreshToken: string, count: number, time: TimeBudget) => Promise<Partial<GrantedTokens>>;

beforeEach(() => {
  time = begin;
  connections = createMemoryConnections();
  leases = createLeases(createMemoryTable(() => new Date(time)));
  refreshed = [];
  answer = async () => ({});
});

const authorization = {
  async refresh(refreshToken, budget) {
    refreshed.push(refreshToken);
    const count = refreshed.length;
    const more = await answer(refreshToken, count, budget);
    return { accessToken: `fresh-${count}`, expiresAt: new Date(time + 60 * minutes), ...more };
  },
} as Partial<AuthorizationServer> as AuthorizationServer;

/** The tokens of one container. Each container has its own memory. All containers share the stores. */
function container(): AccessTokens {
  return createAccessTokens({
    connections,
    authorization,
    leases,
    now: () => new Date(time),
    // Lets other callers run, as a real wait does.
    sleep: async (ms) => {
      time += ms;
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    },
  });
}

function store(changes: Partial<OAuthAccess> = {}): void {
  connections.stored.set('sales', {
    kind: 'oauth2',
    accessToken: 'old',
    refreshToken: 'refresh-1',
    expiresAt: new Date(begin + 60 * minutes),
    scopes: null,
    ...changes,
  });
}

describe('access tokens', () => {
  it('of a personal access token are cached for five minutes', async () => {
    const tokens = container().of('sales');
    connections.stored.set('sales', { kind: 'personalAccessToken', token: 'a' });
    expect(await tokens.get()).toBe('a');
    connections.stored.set('sales', { kind: 'personalAccessToken', token: 'b' });
    time += 5 * minutes - 1;
    expect(await tokens.get()).toBe('a');
    time += 1;
    expect(await tokens.get()).toBe('b');
  });

  it('of a refused personal access token are read again, once', async () => {
    const tokens = container().of('sales');
    connections.stored.set('sales', { kind: 'personalAccessToken', token: 'a' });
    expect(await tokens.renew('a')).toBeUndefined();
    connections.stored.set('sales', { kind: 'personalAccessToken', token: 'b' });
    expect(await tokens.renew('a')).toBe('b');
  });

  it('are read again after forget()', async () => {
    const tokens = container();
    connections.stored.set('sales', { kind: 'personalAccessToken', token: 'a' });
    await tokens.of('sales').get();
    connections.stored.set('sales', { kind: 'personalAccessToken', token: 'b' });
    tokens.forget('sales');
    expect(await tokens.of('sales').get()).toBe('b');
  });

  it.each([
    ['does not exist', undefined, 'there is no such connection'],
    ['has no credentials yet', { kind: 'empty' }, 'it has no token yet'],
    [
      'was revoked',
      {
        kind: 'oauth2',
        accessToken: 'a',
        refreshToken: 'r',
        expiresAt: new Date(begin),
        scopes: null,
        revokedAt: new Date(begin),
      },
      'its grant was revoked',
    ],
  ] as const)(
    'of a connection that %s are refused with an error that says what to do',
    async (_, stored, why) => {
      if (stored !== undefined) connections.stored.set('sales', stored);
      const error = await container()
        .of('sales')
        .get()
        .catch((caught: Error) => caught);
      expect(error).toMatchObject({ name: 'ConnectionNotReady' });
      expect(String(error)).toContain(why);
      expect(String(error)).toContain('putConnection or beginOAuth');
      expect(refreshed).toEqual([]);
    },
  );
});

describe('access tokens of OAuth2', () => {
  it('are refreshed before they expire, and stored before they are used', async () => {
    store();
    const tokens = container().of('sales');
    expect(await tokens.get()).toBe('old');
    time += 58 * minutes;
    expect(await tokens.get()).toBe('fresh-1');
    expect(connections.stored.get('sales')).toMatchObject({
      accessToken: 'fresh-1',
      refreshToken: 'refresh-1',
    });
    expect(refreshed).toEqual(['refresh-1']);
  });

  it('are refreshed after Asana refused a token, once for each refusal', async () => {
    store();
    const tokens = container().of('sales');
    expect(await tokens.renew('old')).toBe('fresh-1');
    expect(await tokens.get()).toBe('fresh-1');
    expect(await tokens.renew('old')).toBe('fresh-1');
    expect(refreshed).toHaveLength(1);
  });

  it('replace the stored refresh token if Asana returns a new refresh token', async () => {
    store({ expiresAt: new Date(begin) });
    answer = async (_, count) => ({ refreshToken: `refresh-${count + 1}` });
    const tokens = container().of('sales');
    await tokens.get();
    time += 60 * minutes;
    await tokens.get();
    expect(refreshed).toEqual(['refresh-1', 'refresh-2']);
  });

  it.each([1, 10])('are refreshed once for ten callers in %i containers', async (count) => {
    store({ expiresAt: new Date(begin) });
    const containers = Array.from({ length: count }, container);
    const callers = Array.from({ length: 10 }, (_, index) => containers[index % count]?.of('sales').get());
    expect(await Promise.all(callers)).toEqual(Array(10).fill('fresh-1'));
    expect(refreshed).toHaveLength(1);
  });

  it('are not refreshed twice if a caller has just read the old tokens', async () => {
    store({ expiresAt: new Date(begin) });
    const old = await connections.read('sales');
    await container().of('sales').get();
    const read = connections.read;
    connections.read = async () => {
      connections.read = read;
      return old;
    };
    expect(await container().of('sales').get()).toBe('fresh-1');
    expect(refreshed).toHaveLength(1);
  });

  it('are stored again after a failure to store, while there is time', async () => {
    store({ expiresAt: new Date(begin) });
    answer = async () => ({ refreshToken: 'refresh-2' });
    const { replace } = connections;
    let failures = 3;
    connections.replace = (...input) => {
      failures -= 1;
      return failures < 0 ? replace(...input) : Promise.reject(new NamedError('StorageUnavailable', 'down'));
    };
    expect(await container().of('sales').get()).toBe('fresh-1');
    expect(connections.stored.get('sales')).toMatchObject({ refreshToken: 'refresh-2' });
    expect(refreshed).toHaveLength(1);
  });

  it.each([
    [undefined, 'The old refresh token stays valid. Call again.'],
    ['refresh-2', 'connect again with beginOAuth'],
  ])('are not used if they cannot be stored (new refresh token: %s)', async (refreshToken, advice) => {
    store({ expiresAt: new Date(begin) });
    answer = async () => ({ ...(refreshToken !== undefined && { refreshToken }) });
    const { replace } = connections;
    connections.replace = () => Promise.reject(new NamedError('StorageUnavailable', 'down'));
    await expect(container().of('sales').get()).rejects.toMatchObject({
      name: 'StorageUnavailable',
      message: expect.stringContaining(advice),
    });
    // The holder stopped before its lease expired.
    expect(time - begin).toBeLessThan(20_000);
    connections.replace = replace;
    expect(await container().of('sales').get()).toBe('fresh-2');
  });

  it('can be refreshed again if Asana’s answer is lost', async () => {
    store({ expiresAt: new Date(begin) });
    answer = async (_, count) => {
      if (count === 1) throw new AsanaError('AsanaUnavailable', 'POST /-/oauth_token', {});
      return {};
    };
    const tokens = container().of('sales');
    await expect(tokens.get()).rejects.toMatchObject({ name: 'AsanaUnavailable' });
    expect(connections.stored.get('sales')).toMatchObject({ refreshToken: 'refresh-1' });
    expect(connections.stored.get('sales')).not.toHaveProperty('revokedAt');
    expect(await tokens.get()).toBe('fresh-2');
  });

  it('end if the grant is revoked, and the revocation is stored', async () => {
    store({ expiresAt: new Date(begin) });
    answer = async () => {
      throw new NamedError('OAuthRefused', 'invalid_grant');
    };
    for (let call = 0; call < 2; call += 1) {
      await expect(container().of('sales').get()).rejects.toMatchObject({ name: 'ConnectionNotReady' });
    }
    expect(refreshed).toHaveLength(1);
    expect(connections.stored.get('sales')).toMatchObject({ revokedAt: new Date(begin) });
  });

  it.each([
    'AsanaRateLimited',
    'AsanaTimeout',
    'AsanaUnavailable',
    'AsanaRefused',
    'OAuthNotConfigured',
  ] as const)('stay as they are if a refresh fails with %s', async (name) => {
    store({ expiresAt: new Date(begin) });
    const before = connections.stored.get('sales');
    answer = async () => {
      throw new NamedError(name, 'no');
    };
    await expect(container().of('sales').get()).rejects.toMatchObject({ name });
    expect(connections.stored.get('sales')).toEqual(before);
  });

  it('are used if they replaced the refresh token that Asana refused', async () => {
    store({ expiresAt: new Date(begin) });
    const other = { accessToken: 'other', refreshToken: 'refresh-2' };
    answer = async () => {
      store(other);
      throw new NamedError('OAuthRefused', 'invalid_grant');
    };
    expect(await container().of('sales').get()).toBe('other');
    expect(connections.stored.get('sales')).toMatchObject(other);
    expect(connections.stored.get('sales')).not.toHaveProperty('revokedAt');
  });

  it('are not marked as revoked if they are replaced at the last moment', async () => {
    store({ expiresAt: new Date(begin) });
    answer = async () => {
      throw new NamedError('OAuthRefused', 'invalid_grant');
    };
    const { replace } = connections;
    connections.replace = (...input) => {
      connections.replace = replace;
      connections.stored.set('sales', { kind: 'personalAccessToken', token: 'mine' });
      return replace(...input);
    };
    expect(await container().of('sales').get()).toBe('mine');
    expect(connections.stored.get('sales')).toEqual({ kind: 'personalAccessToken', token: 'mine' });
  });

  it.each([
    ['deleted', undefined, 'there is no such connection'],
    ['emptied', { kind: 'empty' }, 'it has no token yet'],
    ['connected by token', { kind: 'personalAccessToken', token: 'mine' }, undefined],
  ] as const)('do not overwrite a connection that was %s during the refresh', async (_, other, why) => {
    store({ expiresAt: new Date(begin) });
    answer = async () => {
      if (other === undefined) connections.stored.delete('sales');
      else connections.stored.set('sales', other);
      return {};
    };
    const token = await container()
      .of('sales')
      .get()
      .catch((caught: Error) => caught);
    if (why === undefined) expect(token).toBe('mine');
    else expect(token).toMatchObject({ name: 'ConnectionNotReady', message: expect.stringContaining(why) });
    expect(connections.stored.get('sales')).toEqual(other);
  });

  it('of the winner are used if two callers refresh at the same time', async () => {
    store({ expiresAt: new Date(begin) });
    answer = async (_, count) => {
      // The first holder overruns its lease, so a second holder refreshes, too.
      if (count === 1) {
        time += 30_000;
        expect(await container().of('sales').get()).toBe('fresh-2');
      }
      return {};
    };
    expect(await container().of('sales').get()).toBe('fresh-2');
    expect(connections.stored.get('sales')).toMatchObject({ accessToken: 'fresh-2' });
  });

  it('are asked for within the lease, with time left to store them', async () => {
    store({ expiresAt: new Date(begin) });
    let budget: TimeBudget | undefined;
    answer = async (_, __, time) => {
      budget = time;
      return {};
    };
    const ends = new Date(begin + 3_000);
    await leases.acquire({ name: 'refresh/sales', holder: 'other', endsAt: ends }, new Date(begin));
    const { acquire, ...rest } = leases;
    // Each attempt to get the lease takes two seconds, which count against the lease.
    leases = {
      ...rest,
      async acquire(...input) {
        time += 2_000;
        return acquire(...input);
      },
    };
    await container().of('sales').get();
    const leaseBegins = time - 2_000;
    expect(budget?.endsAt.getTime()).toBeLessThanOrEqual(leaseBegins + 20_000 - 8_000);
    expect(budget?.leftMs()).toBeGreaterThan(0);
  });

  it('keep the user and the scopes of the grant', async () => {
    store({ expiresAt: new Date(begin), userGid: '7', scopes: ['webhooks:read'] });
    await container().of('sales').get();
    expect(connections.stored.get('sales')).toMatchObject({ userGid: '7', scopes: ['webhooks:read'] });
  });

  it('are refreshed by another container after the lease of a dead container expires', async () => {
    store({ expiresAt: new Date(begin) });
    const ends = new Date(begin + 20_000);
    await leases.acquire({ name: 'refresh/sales', holder: 'dead', endsAt: ends }, new Date(begin));
    expect(await container().of('sales').get()).toBe('fresh-1');
    expect(time).toBeGreaterThanOrEqual(begin + 20_000);
  });
});
