import { createHash, randomBytes } from 'node:crypto';
import { ManagementError } from '../errors.ts';
import type { Clock } from '../subscriptions/ports.ts';
import { type CheckedConnection, type ConnectionServices, checkConnection } from './connections.ts';
import type { AuthorizationServer, ConnectionStore } from './credentials.ts';

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
  /** Where a customer's browser goes in the end; absent where a program at a terminal waits for it. */
  readonly returnTo?: string;
  /** The hash of what the browser that began has in its cookie; absent until it has begun. */
  readonly browser?: string;
}

/** Remembers authorizations under way. Failures throw StorageUnavailable. */
export interface OAuthRequests {
  add(request: OAuthRequest): Promise<void>;
  /** A request that has not expired, and stays. */
  find(id: string, now: Date): Promise<OAuthRequest | undefined>;
  /** Notes the browser that begins. Answers false where one has begun already, or there is no such request. */
  bind(id: string, browser: string): Promise<boolean>;
  /** Takes a request that has not expired: it is there once. */
  take(id: string, now: Date): Promise<OAuthRequest | undefined>;
}

export interface OAuthServices extends ConnectionServices {
  readonly connections: ConnectionStore;
  readonly authorization: AuthorizationServer;
  readonly oauthRequests: OAuthRequests;
  readonly now: Clock;
  /** Where Asana reaches us, without a slash at the end. */
  readonly publicBaseUrl: string;
  /** Where customers may be sent in the end; none where nobody but people at a terminal connect. */
  readonly returnUrls: readonly string[];
}

export interface BeginOAuthParameters {
  readonly connection: string;
  /** Where Asana sends the person back: a loopback address of the one who asks. */
  readonly redirectUri?: string;
  /** Instead of it, for a customer in a browser: where they go in the end, one of the allowed addresses. */
  readonly returnTo?: string;
  /** The granular scopes to ask for, where the app is registered with such; none for one with full permissions. */
  readonly scopes?: readonly string[];
}

/** What a person does next. */
export interface BegunOAuth {
  readonly data: {
    /** Where the person says yes; for a customer, our own address that leads there. */
    readonly authorizationUrl: string;
    /** Comes back with the code, and must be the same. */
    readonly state: string;
    readonly expiresAt: string;
  };
}

/** How long a person may take. */
const requestMs = 10 * 60_000;

/**
 * Begins an authorization: the answer's address is for a person's browser. At a terminal Asana sends them back to
 * `redirectUri` with a code, which `finishOAuth` takes. A customer comes back to our own endpoint, which ends it, and
 * goes on to `returnTo`.
 *
 * @throws ManagementError OAuthNotConfigured; InvalidRequest for an address that is not allowed
 */
export async function beginOAuth(
  { connection, redirectUri, returnTo, scopes: asked }: BeginOAuthParameters,
  services: OAuthServices,
): Promise<BegunOAuth> {
  const { authorization, oauthRequests, now, publicBaseUrl, returnUrls } = services;
  if (returnTo !== undefined && !isAllowed(returnTo, returnUrls)) {
    throw new ManagementError(
      'InvalidRequest',
      `returnTo is none of the addresses to which customers may be sent: ${returnUrls.join(', ') || 'there are none, see the oauthReturnUrls of the construct'}.`,
    );
  }
  const state = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now().getTime() + requestMs);
  const request: OAuthRequest = {
    id: idOf(state),
    connection,
    redirectUri: redirectUri ?? callbackOf(publicBaseUrl),
    codeVerifier: randomBytes(32).toString('base64url'),
    scopes: asked ?? null,
    expiresAt,
    ...(returnTo !== undefined && { returnTo }),
  };
  // Also for a customer, so that an app that is not there is told of now and not to them.
  const atAsana = await authorizationUrlOf(request, state, authorization);
  await oauthRequests.add(request);
  const authorizationUrl = returnTo === undefined ? atAsana : `${publicBaseUrl}/oauth/start?state=${state}`;
  return { data: { authorizationUrl, state, expiresAt: expiresAt.toISOString() } };
}

/** Where Asana asks the person, for a request. */
export function authorizationUrlOf(
  { redirectUri, codeVerifier, scopes }: OAuthRequest,
  state: string,
  authorization: AuthorizationServer,
): Promise<string> {
  return authorization.authorizationUrl({ redirectUri, state, codeChallenge: sha256(codeVerifier), scopes });
}

/** Where Asana sends customers back. */
function callbackOf(publicBaseUrl: string): string {
  return `${publicBaseUrl}/oauth/callback`;
}

/** The same origin, and below the same path: an address that only begins alike is another one. */
function isAllowed(returnTo: string, allowed: readonly string[]): boolean {
  const wanted = new URL(returnTo);
  return allowed.some((text) => {
    const { origin, pathname } = new URL(text);
    const below = pathname.endsWith('/') ? pathname : `${pathname}/`;
    return wanted.origin === origin && (wanted.pathname === pathname || wanted.pathname.startsWith(below));
  });
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
  const { oauthRequests, now } = services;
  const request = await oauthRequests.take(idOf(state), now());
  if (request === undefined) {
    throw new ManagementError(
      'OAuthStateUnknown',
      'This authorization is not known: it was used already, or took more than 10 minutes. Begin again with beginOAuth.',
    );
  }
  if (request.returnTo !== undefined) {
    throw new ManagementError(
      'OAuthStateUnknown',
      'This authorization is ended by the customer\u2019s own browser.',
    );
  }
  await storeGrant(request, code, services);
  services.forgetToken(request.connection);
  return checkConnection({ connection: request.connection }, services);
}

/** Exchanges the code of a request that was taken, and stores the tokens. */
export async function storeGrant(
  { connection, redirectUri, codeVerifier, scopes }: OAuthRequest,
  code: string,
  { authorization, connections }: Pick<OAuthServices, 'authorization' | 'connections'>,
): Promise<void> {
  const tokens = await authorization.exchangeCode({ code, codeVerifier, redirectUri });
  await connections.write(connection, { kind: 'oauth2', scopes, ...tokens });
}

/** By which a request is found: whoever reads the table learns no state. */
export function idOf(state: string): string {
  return sha256(state);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
