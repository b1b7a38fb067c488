import { createHmac, hkdfSync } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { AsanaError, NamedError } from '../errors.ts';
import type { EncryptionKey, EncryptionKeys } from '../hook-secret.ts';
import type { Owners } from '../owner.ts';
import { type AccessTokens, isEnding } from './access-tokens.ts';
import { isMissingScope } from './ask-user.ts';
import { type Credentials, notReady, type OAuthAccess, type PersonalAccess } from './credentials.ts';
import type { AsanaUsers, ConnectionStore, StoredCredentials } from './ports.ts';
import { readStored } from './refresh.ts';

export interface OwnerServices {
  readonly connections: ConnectionStore;
  readonly encryptionKeys: EncryptionKeys;
  readonly tokens: AccessTokens;
  /** A client for one token. It should give up early, because the owner can stay unknown. */
  readonly asanaOf: (token: string) => AsanaUsers;
  readonly now: Clock;
}

type Usable = PersonalAccess | OAuthAccess;

/**
 * The owners of connections. The user is the user that Asana shows for the stored token, or the user that Asana
 * named when the grant was given.
 *
 * The stored credentials are read for every call, so a change is noticed at once. Asana's answer is cached for
 * each version of the credentials. A failure that may pass is not cached.
 */
export function createOwners(services: OwnerServices): Owners {
  const cached = new Map<string, { readonly version: string; readonly userGid: string | undefined }>();

  async function userOf(connection: string, { credentials, version }: Stored): Promise<string | undefined> {
    const entry = cached.get(connection);
    if (entry?.version === version) return entry.userGid;
    const granted = credentials.kind === 'oauth2' ? credentials.userGid : undefined;
    const asked = await askGid(credentials, services);
    const userGid = asked === 'unknown' || asked === 'hidden' ? granted : asked;
    if (asked !== 'unknown') cached.set(connection, { version, userGid });
    return userGid;
  }

  return {
    async of(connection) {
      const stored = await readUsable(connection, services);
      const fingerprint = fingerprintOf(stored.credentials, await services.encryptionKeys.current());
      const userGid = await userOf(connection, stored);
      return { ...(userGid !== undefined && { userGid }), fingerprint };
    },
  };
}

interface Stored extends StoredCredentials {
  readonly credentials: Usable;
}

/** The stored credentials, after a refresh if the access token is about to expire. */
async function readUsable(connection: string, services: OwnerServices): Promise<Stored> {
  let { credentials, version } = await readStored(connection, services);
  if (isEnding(credentials, services.now())) {
    try {
      await services.tokens.of(connection).get();
    } catch (error) {
      // Without a new access token, Asana does not show the user. The grant itself is known.
      if (!(error instanceof NamedError) || error.name === 'StorageUnavailable') throw error;
    }
    ({ credentials, version } = await readStored(connection, services));
  }
  return { credentials: usable(connection, credentials), version };
}

function usable(connection: string, credentials: Credentials): Usable {
  if (credentials.kind === 'empty') throw notReady(connection, 'it has no token yet');
  return credentials;
}

/**
 * The user of exactly these credentials. A client for the connection could use other credentials, which it has
 * cached. `hidden` if the token may not read its user, `unknown` after any other failure.
 */
async function askGid(
  credentials: Usable,
  { asanaOf }: OwnerServices,
): Promise<string | 'hidden' | 'unknown'> {
  const token = credentials.kind === 'oauth2' ? credentials.accessToken : credentials.token;
  try {
    return await asanaOf(token).myGid();
  } catch (error) {
    if (!(error instanceof AsanaError)) throw error;
    return isMissingScope(error) ? 'hidden' : 'unknown';
  }
}

/**
 * A keyed hash of a personal access token, or of the refresh token of a grant. Without the key, nobody can test
 * whether a token has this fingerprint.
 */
export function fingerprintOf(credentials: Usable, key: EncryptionKey): string {
  const derived = Buffer.from(hkdfSync('sha256', key.material, '', 'asana-webhooks owner fingerprint', 32));
  const secret = credentials.kind === 'oauth2' ? credentials.refreshToken : credentials.token;
  const hash = createHmac('sha256', derived).update(`${credentials.kind}\n${secret}`).digest('base64url');
  return `${key.version}.${hash}`;
}
