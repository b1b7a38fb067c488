import { createHash, randomBytes } from 'node:crypto';
import type { AuthorizationServer, ConnectionStore } from './connection.ts';
import { type CheckedConnection, type ConnectionServices, checkConnection } from './connections.ts';
import { ManagementError } from './errors.ts';
import type { Clock } from './ports.ts';

/** An authorization under way, between asking a person and hearing from Asana. */
export interface OAuthRequest {
  /** The hash of its state: whoever reads the table cannot answer in the person's place. */
  readonly id: string;
  readonly connection: string;
  readonly redirectUri: string;
  /** PKCE's secret (RFC 7636), without which a stolen code is worth nothing. */
  readonly codeVerifier: string;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date;
}

/** Remembers authorizations under way. Failures throw StorageUnavailable. */
export interface OAuthRequests {
  add(request: OAuthRequest): Promise<void>;
  /** Takes a request that has not expired: it is there once. */
  take(id: string, now: Date): Promise<OAuthRequest | undefined>;
}

export interface OAuthServices extends ConnectionServices {
  readonly connections: ConnectionStore;
  readonly authorization: AuthorizationServer;
  readonly oauthRequests: OAuthRequests;
  readonly now: Clock;
}

export interface BeginOAuthParameters {
  readonly connection: string;
  /** Where Asana sends the person back: a loopback address of the one who asks. */
  readonly redirectUri: string;
  /** The granular scopes to ask for, where the app is registered with such; none for one with full permissions. */
  readonly scopes?: readonly string[];
}

/** What a person does next. */
export interface BegunOAuth {
  readonly data: {
    /** Where the person says yes. */
    readonly authorizationUrl: string;
    /** Comes back with the code, and must be the same. */
    readonly state: string;
    readonly expiresAt: string;
  };
}

/** How long a person may take. */
const requestMs = 10 * 60_000;

/**
 * Begins an authorization: the answer's address is for a person's browser. Asana sends them back to `redirectUri`
 * with a code, which `finishOAuth` takes.
 *
 * @throws ManagementError OAuthNotConfigured
 */
export async function beginOAuth(
  { connection, redirectUri, scopes: asked }: BeginOAuthParameters,
  { authorization, oauthRequests, now }: OAuthServices,
): Promise<BegunOAuth> {
  const scopes = asked ?? null;
  const state = randomBytes(32).toString('base64url');
  const codeVerifier = randomBytes(32).toString('base64url');
  const codeChallenge = sha256(codeVerifier);
  const authorizationUrl = await authorization.authorizationUrl({
    redirectUri,
    state,
    codeChallenge,
    scopes,
  });
  const expiresAt = new Date(now().getTime() + requestMs);
  await oauthRequests.add({ id: sha256(state), connection, redirectUri, codeVerifier, scopes, expiresAt });
  return { data: { authorizationUrl, state, expiresAt: expiresAt.toISOString() } };
}

/**
 * Ends an authorization: exchanges the code and stores the tokens. A state works once.
 *
 * @throws ManagementError OAuthStateUnknown, OAuthRefused
 */
export async function finishOAuth(
  { state, code }: { readonly state: string; readonly code: string },
  services: OAuthServices,
): Promise<{ readonly data: CheckedConnection }> {
  const { authorization, connections, oauthRequests, now } = services;
  const request = await oauthRequests.take(sha256(state), now());
  if (request === undefined) {
    throw new ManagementError(
      'OAuthStateUnknown',
      'This authorization is not known: it was used already, or took more than 10 minutes. Begin again with beginOAuth.',
    );
  }
  const { connection, redirectUri, codeVerifier, scopes } = request;
  const tokens = await authorization.exchangeCode({ code, codeVerifier, redirectUri });
  await connections.write(connection, { kind: 'oauth2', scopes, ...tokens });
  services.forgetToken(connection);
  return checkConnection({ connection }, services);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
