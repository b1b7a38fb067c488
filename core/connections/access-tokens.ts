import { NamedError } from '../errors.ts';
import { type LeaseServices, underLease } from '../lease.ts';
import { timeOf } from '../time-budget.ts';
import type { Credentials, OAuthAccess } from './credentials.ts';
import { notReady } from './credentials.ts';
import type { AuthorizationServer, ConnectionStore } from './ports.ts';

/** The access tokens of all connections. */
export interface AccessTokens {
  of(connection: string): AccessToken;
  /** Lets go of a token in memory, for there is another. */
  forget(connection: string): void;
}

/** A connection's access token. */
export interface AccessToken {
  /** The token, from memory where it is young. @throws NamedError ConnectionNotReady */
  get(): Promise<string>;
  /** Another token than the one that Asana refused, if there is one. */
  renew(refused: string): Promise<string | undefined>;
}

export interface AccessTokenServices extends LeaseServices {
  readonly connections: ConnectionStore;
  readonly authorization: AuthorizationServer;
}

/** How long a personal access token is kept in memory. */
const keepMs = 5 * 60_000;

/** An access token is renewed so long before it ends, that it does not end on its way to Asana. */
const marginMs = 2 * 60_000;

/** A refresh is one call; whoever holds the lease for longer is dead. */
const leaseMs = 20_000;
const waitMs = 25_000;

/**
 * The access tokens of all connections. One that is about to end is refreshed by one caller for all, who hold a
 * lease in turn, in whatever container they are. New tokens are stored before they are used.
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
        `Asana says since ${credentials.revokedAt.toISOString()} that its grant is taken back`,
      );
  }
}

/** Another caller may have refreshed meanwhile; its tokens are as good. */
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
    `Another caller has been renewing the token of connection "${connection}" for too long. Call again.`,
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
    throw notReady(connection, 'Asana says that its grant is taken back');
  }
}
