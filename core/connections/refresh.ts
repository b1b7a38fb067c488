import { NamedError } from '../errors.ts';
import { type LeaseServices, underLease } from '../lease.ts';
import { type TimeBudget, timeOf } from '../time-budget.ts';
import type { Credentials, OAuthAccess } from './credentials.ts';
import { notReady } from './credentials.ts';
import type { AuthorizationServer, ConnectionStore, StoredCredentials } from './ports.ts';

export interface RefreshServices extends LeaseServices {
  readonly connections: ConnectionStore;
  readonly authorization: AuthorizationServer;
}

/** A holder of the lease that needs longer than this has died. */
const leaseMs = 20_000;
/** How long before the end of the lease its holder stops. */
const leaseMarginMs = 2_000;
/** The part of the lease that is reserved for storing the tokens. */
const storeMs = 6_000;
/** Each attempt to store can leave a version of the secret, so there are only a few. */
const storePauseMs = 1_500;
const waitMs = 25_000;

/**
 * Refreshes the tokens of a connection under a lease, and returns the credentials that are stored then. If
 * another caller has refreshed them meanwhile, or other credentials were stored, returns those.
 *
 * The lease saves calls to Asana. It does not protect the secret: a holder that overruns its lease may run at
 * the same time as the next one. So the tokens are stored with `replace`, and only one of the two succeeds.
 *
 * @throws NamedError ConnectionNotReady if the connection does not exist or its grant was revoked
 */
export async function refreshOnce(
  connection: string,
  stale: OAuthAccess,
  services: RefreshServices,
): Promise<Credentials> {
  const { now } = services;
  const isDone = async () => {
    const latest = await readStored(connection, services);
    return isStale(latest, stale) ? undefined : latest.credentials;
  };
  const fresh = await underLease(
    `refresh/${connection}`,
    { leaseMs, time: timeOf(waitMs, now), isDone },
    (lease) => refresh(connection, stale, lease.time.keep(leaseMarginMs), services),
    services,
  );
  if (fresh !== undefined) return fresh;
  throw new NamedError(
    'StorageUnavailable',
    `Another call is refreshing the token of connection "${connection}" and did not finish in time. Call again.`,
  );
}

/** Reads a connection that must exist. @throws NamedError ConnectionNotReady */
export async function readStored(
  connection: string,
  { connections }: Pick<RefreshServices, 'connections'>,
): Promise<StoredCredentials> {
  const stored = await connections.read(connection);
  if (stored === undefined) throw notReady(connection, 'there is no such connection');
  return stored;
}

/** Whether the stored tokens are still the tokens that have to be refreshed. */
function isStale({ credentials }: StoredCredentials, stale: OAuthAccess): boolean {
  return (
    credentials.kind === 'oauth2' &&
    credentials.revokedAt === undefined &&
    credentials.accessToken === stale.accessToken &&
    credentials.refreshToken === stale.refreshToken
  );
}

async function refresh(
  connection: string,
  stale: OAuthAccess,
  time: TimeBudget,
  services: RefreshServices,
): Promise<Credentials> {
  try {
    const tokens = await services.authorization.refresh(stale.refreshToken, time.keep(storeMs));
    // Without a new refresh token, the old refresh token stays valid.
    return await store(connection, stale, { ...stale, ...tokens }, time, services);
  } catch (error) {
    if (!(error instanceof NamedError && error.name === 'OAuthRefused')) throw error;
    return markRevoked(connection, stale, services);
  }
}

/**
 * Stores new tokens in place of the stale tokens, before they are used. A failure to store is retried, because
 * Asana may have issued a new refresh token that exists nowhere else.
 */
async function store(
  connection: string,
  stale: OAuthAccess,
  fresh: OAuthAccess,
  time: TimeBudget,
  services: RefreshServices,
): Promise<Credentials> {
  const { connections, sleep } = services;
  let cause: unknown;
  for (;;) {
    try {
      const latest = await readStored(connection, services);
      // The connection was refreshed, deleted or connected again meanwhile: those credentials count.
      if (!isStale(latest, stale)) return latest.credentials;
      if (await connections.replace(connection, latest.version, fresh)) return fresh;
    } catch (error) {
      if (!(error instanceof NamedError && error.name === 'StorageUnavailable')) throw error;
      cause = error;
    }
    if (time.isUp(storePauseMs)) throw notStored(connection, stale, fresh, cause);
    await sleep(storePauseMs);
  }
}

function notStored(connection: string, stale: OAuthAccess, fresh: OAuthAccess, cause: unknown): NamedError {
  const advice =
    fresh.refreshToken === stale.refreshToken
      ? 'The old refresh token stays valid. Call again.'
      : 'Asana also issued a new refresh token, which is lost. Call again. If Asana then refuses the old refresh token, connect again with beginOAuth.';
  return new NamedError(
    'StorageUnavailable',
    `The new tokens of connection "${connection}" could not be stored. ${advice}`,
    { cause },
  );
}

/**
 * Marks a grant as revoked, if the refresh token that Asana refused is still stored. Otherwise returns the
 * credentials that replaced it: Asana did not refuse those.
 */
async function markRevoked(
  connection: string,
  refused: OAuthAccess,
  services: RefreshServices,
): Promise<Credentials> {
  const { connections, now } = services;
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const { credentials, version } = await readStored(connection, services);
    const isOther = credentials.kind !== 'oauth2' || credentials.refreshToken !== refused.refreshToken;
    if (isOther || credentials.revokedAt !== undefined) return credentials;
    if (await connections.replace(connection, version, { ...credentials, revokedAt: now() })) break;
  }
  throw notReady(connection, 'Asana reports that its grant was revoked');
}
