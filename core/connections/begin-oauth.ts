import { randomBytes } from 'node:crypto';
import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { authorizationUrlOf, idOf } from './authorization.ts';
import type { OAuthRequest } from './ports.ts';
import type { OAuthServices } from './services.ts';

/** How long a person may take. */
const requestMs = 10 * 60_000;

/**
 * Begins an authorization: the answer's address is for a person's browser. At a terminal Asana sends them back to
 * `redirectUri` with a code, which `finishOAuth` takes. A customer comes back to our own endpoint, which ends it, and
 * goes on to `returnTo`.
 *
 * @throws NamedError OAuthNotConfigured; InvalidRequest for an address that is not allowed
 */
export async function beginOAuth(
  { connection, redirectUri, returnTo, scopes: asked }: ParametersOf<'beginOAuth'>,
  services: OAuthServices,
): Promise<ResultOf<'beginOAuth'>> {
  const { authorization, oauthRequests, now, publicBaseUrl, returnUrls } = services;
  if (returnTo !== undefined && !isAllowed(returnTo, returnUrls)) {
    throw new NamedError(
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
