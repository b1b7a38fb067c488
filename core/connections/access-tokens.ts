import { NamedError } from '../errors.ts';
import { type LeaseServices, underLease } from '../lease.ts';
import { timeOf } from '../time-budget.ts';
import type { Credentials, OAuthAccess } from './credentials.ts';
import { notReady } from './credentials.ts';
import type { AuthorizationServer, ConnectionStore } from './ports.ts';

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

export interface AccessTokenServices extends LeaseServices {
  readonly connections: ConnectionStore;
  readonly authorization: AuthorizationServer;
}

/** The maximum time for which a token is cached. */
const keepMs = 5 * 60_000;

/**
 * How long before its expiry an access token is refreshed, so that it does not expire on the way to Asana.
 */
const marginMs = 2 * 60_000;

/** A refresh is one call. A caller that holds the lease for longer has died. */
const leaseMs = 20_000;
const waitMs = 25_000;

/**
 * The access tokens of all connections. A token that is about to expire is refreshed by one caller for all
 * callers; a lease ensures this across containers. New tokens are stored before they are used.
 */
export function createAccessTokens(services: AccessTokenServices): AccessTokens {
  const { connections, now } = services;
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
    const credentials = await connections.read(connection);
    if (credentials === undefined) throw notReady(connection, 'there is no such connection');
    return credentials;
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

function isEnding(credentials: Credentials, now: Date): credentials is OAuthAccess {
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

/**
 * Refreshes the tokens under a lease. If another caller has refreshed them meanwhile, returns those tokens.
 */
async function refreshOnce(
  connection: string,
  stale: OAuthAccess,
  services: AccessTokenServices,
): Promise<OAuthAccess> {
  const { connections, now } = services;
  const isDone = async () => {
    const latest = await connections.read(connection);
    const isOther = latest?.kind === 'oauth2' && latest.accessToken !== stale.accessToken;
    return isOther ? latest : undefined;
  };
  const fresh = await underLease(
    `refresh/${connection}`,
    { leaseMs, time: timeOf(waitMs, now), isDone },
    () => exchange(connection, stale, services),
    services,
  );
  if (fresh !== undefined) return fresh;
  throw new NamedError(
    'StorageUnavailable',
    `Another call is refreshing the token of connection "${connection}" and did not finish in time. Call again.`,
  );
}

async function exchange(
  connection: string,
  { refreshToken, scopes }: OAuthAccess,
  { connections, authorization, now }: AccessTokenServices,
): Promise<OAuthAccess> {
  try {
    const tokens = await authorization.refresh(refreshToken);
    const fresh: OAuthAccess = { kind: 'oauth2', scopes, refreshToken, ...tokens };
    await connections.write(connection, fresh);
    return fresh;
  } catch (error) {
    if (!(error instanceof NamedError && error.name === 'OAuthRefused')) throw error;
    const latest = await connections.read(connection);
    if (latest?.kind === 'oauth2') await connections.write(connection, { ...latest, revokedAt: now() });
    throw notReady(connection, 'Asana reports that its grant was revoked');
  }
}
