import { beforeEach, describe, expect, it } from 'vitest';
import type { AccessTokens } from '../../../core/connections/access-tokens.ts';
import type { OAuthAccess } from '../../../core/connections/credentials.ts';
import { createOwners, fingerprintOf } from '../../../core/connections/owners.ts';
import { AsanaError, NamedError } from '../../../core/errors.ts';
import type { Owners } from '../../../core/owner.ts';
import { createMemoryConnections, type MemoryConnections } from '../../memory/connections.ts';
import { createMemoryEncryptionKeys, encryptionKey } from '../../memory/encryption-keys.ts';

const now = new Date('2026-11-23T10:00:00.000Z');
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

const personal = { kind: 'personalAccessToken', token: 'pat-1' } as const;
const granted: OAuthAccess = {
  kind: 'oauth2',
  accessToken: 'access-1',
  refreshToken: 'refresh-1',
  expiresAt: inMinutes(60),
  scopes: null,
  userGid: '77',
};

let connections: MemoryConnections;
/** The tokens that Asana was asked about. */
let asked: string[];
let answer: (token: string) => Promise<string>;
let refresh: () => Promise<string>;
let owners: Owners;

beforeEach(() => {
  connections = createMemoryConnections();
  asked = [];
  answer = async () => '7';
  refresh = async () => 'unused';
  owners = createOwners({
    connections,
    encryptionKeys: createMemoryEncryptionKeys(),
    tokens: { of: () => ({ get: () => refresh() }) } as unknown as AccessTokens,
    asanaOf: (token) => ({
      async myGid() {
        asked.push(token);
        return answer(token);
      },
      me: () => Promise.reject(new Error('not needed')),
    }),
    now: () => now,
  });
});

const fails = (name: AsanaError['name'], status?: number, message?: string) => async () => {
  const details = message === undefined ? [] : [{ message }];
  throw new AsanaError(name as 'AsanaUnavailable', 'GET /users/me', { status, details });
};
const hidden = fails('AsanaForbidden', 403, 'missing scope');

describe('the owner of a connection', () => {
  it('is the user that Asana shows for the stored token, asked once for each version', async () => {
    connections.stored.set('sales', personal);
    const fingerprint = fingerprintOf(personal, encryptionKey);
    expect(await owners.of('sales')).toEqual({ userGid: '7', fingerprint });
    expect(await owners.of('sales')).toEqual({ userGid: '7', fingerprint });
    expect(asked).toEqual(['pat-1']);
  });

  it('is asked for again as soon as the credentials change', async () => {
    connections.stored.set('sales', personal);
    await owners.of('sales');
    connections.stored.set('sales', { ...personal, token: 'pat-2' });
    answer = async () => '8';
    expect(await owners.of('sales')).toMatchObject({ userGid: '8' });
    expect(asked).toEqual(['pat-1', 'pat-2']);
  });

  it('is the user who gave the grant if Asana does not show the user', async () => {
    connections.stored.set('sales', granted);
    answer = hidden;
    expect(await owners.of('sales')).toMatchObject({ userGid: '77' });
    expect(await owners.of('sales')).toMatchObject({ userGid: '77' });
    expect(asked).toEqual(['access-1']);
  });

  it.each([
    ['a missing scope', hidden, 1],
    ['403 of a gateway', fails('AsanaForbidden', 403), 2],
    ['401', fails('AsanaUnauthorized', 401, 'Not Authorized'), 2],
    ['429', fails('AsanaRateLimited', 429), 2],
    ['503', fails('AsanaUnavailable', 503), 2],
    ['a timeout', fails('AsanaTimeout'), 2],
  ])('has only a fingerprint after %s, which is cached only if it lasts', async (_, failure, calls) => {
    connections.stored.set('sales', personal);
    answer = failure;
    for (let call = 0; call < 2; call += 1) {
      expect(await owners.of('sales')).toEqual({ fingerprint: fingerprintOf(personal, encryptionKey) });
    }
    expect(asked).toHaveLength(calls);
  });

  it('is asked for with refreshed tokens', async () => {
    connections.stored.set('sales', { ...granted, expiresAt: inMinutes(1) });
    refresh = async () => {
      connections.stored.set('sales', { ...granted, accessToken: 'access-2' });
      return 'access-2';
    };
    expect(await owners.of('sales')).toMatchObject({ userGid: '7' });
    expect(asked).toEqual(['access-2']);
  });

  it.each(['AsanaUnavailable', 'AsanaRateLimited', 'OAuthNotConfigured', 'ConnectionNotReady'] as const)(
    'is known by the grant if a refresh fails with %s',
    async (name) => {
      connections.stored.set('sales', { ...granted, expiresAt: inMinutes(-1) });
      refresh = () => Promise.reject(new NamedError(name, 'no'));
      answer = fails('AsanaUnauthorized', 401, 'Not Authorized');
      expect(await owners.of('sales')).toEqual({
        userGid: '77',
        fingerprint: fingerprintOf(granted, encryptionKey),
      });
    },
  );

  it.each([
    ['does not exist', undefined],
    ['has no credentials', { kind: 'empty' }],
  ] as const)('of a connection that %s is an error', async (_, stored) => {
    if (stored) connections.stored.set('sales', stored);
    await expect(owners.of('sales')).rejects.toMatchObject({ name: 'ConnectionNotReady' });
  });

  it('is an error if the secret cannot be read', async () => {
    connections.read = () => Promise.reject(new NamedError('StorageUnavailable', 'down'));
    await expect(owners.of('sales')).rejects.toMatchObject({ name: 'StorageUnavailable' });
  });
});

describe('a fingerprint', () => {
  it('names the version of its key, and has no part of the token', () => {
    const fingerprint = fingerprintOf(personal, encryptionKey);
    expect(fingerprint).toMatch(/^1\.[A-Za-z0-9_-]{43}$/);
    expect(fingerprint).not.toContain('pat');
  });

  it('differs for other tokens, other keys and other kinds of credentials', () => {
    const other = { ...encryptionKey, material: `${encryptionKey.material}x` };
    const all = [
      fingerprintOf(personal, encryptionKey),
      fingerprintOf({ ...personal, token: 'pat-2' }, encryptionKey),
      fingerprintOf(personal, other),
      fingerprintOf({ ...granted, refreshToken: 'pat-1' }, encryptionKey),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('of a grant stays the same when its access token is refreshed', () => {
    const refreshed = { ...granted, accessToken: 'access-2', expiresAt: inMinutes(120) };
    expect(fingerprintOf(refreshed, encryptionKey)).toBe(fingerprintOf(granted, encryptionKey));
  });

  it('is HMAC-SHA-256 with a derived key', () => {
    // Calculated once with another implementation of HKDF and HMAC.
    expect(fingerprintOf(personal, encryptionKey)).toBe('1.Tv5ZgS1bQ1ZqqcwawjgAQbugh5w33ZX7nuyUmSzsSbU');
  });
});
