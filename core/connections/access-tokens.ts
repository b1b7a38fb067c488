import type { Credentials, OAuthAccess } from './credentials.ts';
import { notReady } from './credentials.ts';
import { type RefreshServices, readStored, refreshOnce } from './refresh.ts';

/** The access tokens of all connections. */
export interface AccessTokens {
  of(connection: string): AccessToken;
  /** Removes the cached token of a connection, because its credentials have changed. */
  forget(connection: string): void;
}

/** A connection's access token. */
export interface AccessToken {
  /** The token, from the cache if the cached token is recent. @throws NamedError ConnectionNotReady */
  get(): Promise<string>;
  /** A new token in place of the token that Asana refused, or undefined if there is no other token. */
  renew(refused: string): Promise<string | undefined>;
}

/** The maximum time for which a token is cached. */
const keepMs = 5 * 60_000;

/**
 * How long before its expiry an access token is refreshed, so that it does not expire on the way to Asana.
 */
const marginMs = 2 * 60_000;

/**
 * The access tokens of all connections. A token that is about to expire is refreshed by one caller for all
 * callers; a lease ensures this across containers. New tokens are stored before they are used.
 */
export function createAccessTokens(services: RefreshServices): AccessTokens {
  const { now } = services;
  const kept = new Map<string, { readonly token: string; readonly until: number }>();

  function keep(connection: string, credentials: Credentials): string {
    const token = tokenOf(connection, credentials);
    const until =
      credentials.kind === 'oauth2'
        ? Math.min(credentials.expiresAt.getTime() - marginMs, now().getTime() + keepMs)
        : now().getTime() + keepMs;
    kept.set(connection, { token, until });
    return token;
  }

  async function read(connection: string): Promise<Credentials> {
    return (await readStored(connection, services)).credentials;
  }

  async function refresh(connection: string, stale: OAuthAccess): Promise<string> {
    return keep(connection, await refreshOnce(connection, stale, services));
  }

  const of = (connection: string): AccessToken => ({
    async get() {
      const entry = kept.get(connection);
      if (entry !== undefined && entry.until > now().getTime()) return entry.token;
      const credentials = await read(connection);
      return isEnding(credentials, now()) ? refresh(connection, credentials) : keep(connection, credentials);
    },
    async renew(refused) {
      kept.delete(connection);
      const credentials = await read(connection);
      const token = tokenOf(connection, credentials);
      if (token !== refused && !isEnding(credentials, now())) return keep(connection, credentials);
      return credentials.kind === 'oauth2' ? refresh(connection, credentials) : undefined;
    },
  });
  return { of, forget: (connection) => void kept.delete(connection) };
}

/** Whether a grant's access token expires so soon that it has to be refreshed first. */
export function isEnding(credentials: Credentials, now: Date): credentials is OAuthAccess {
  return (
    credentials.kind === 'oauth2' &&
    credentials.revokedAt === undefined &&
    credentials.expiresAt.getTime() - marginMs <= now.getTime()
  );
}

function tokenOf(connection: string, credentials: Credentials): string {
  switch (credentials.kind) {
    case 'empty':
      throw notReady(connection, 'it has no token yet');
    case 'personalAccessToken':
      return credentials.token;
    case 'oauth2':
      if (credentials.revokedAt === undefined) return credentials.accessToken;
      throw notReady(
        connection,
        `Asana has reported since ${credentials.revokedAt.toISOString()} that its grant was revoked`,
      );
  }
}
