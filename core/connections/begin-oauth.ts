import { randomBytes } from 'node:crypto';
import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { authorizationUrlOf, idOf } from './authorization.ts';
import type { OAuthRequest } from './ports.ts';
import type { OAuthServices } from './services.ts';

/** How long a person has to complete an authorization. */
const requestMs = 10 * 60_000;

/**
 * Begins an authorization and returns an address for a person's browser. For a program in a terminal, Asana
 * redirects the browser to `redirectUri` with a code, and `finishOAuth` accepts the code. For a customer,
 * Asana redirects the browser to our own endpoint, which completes the authorization and redirects to
 * `returnTo`.
 *
 * @throws NamedError OAuthNotConfigured; InvalidRequest if `returnTo` is not an allowed address
 */
export async function beginOAuth(
  { connection, redirectUri, returnTo, scopes: asked }: ParametersOf<'beginOAuth'>,
  services: OAuthServices,
): Promise<ResultOf<'beginOAuth'>> {
  const { authorization, oauthRequests, now, publicBaseUrl, returnUrls } = services;
  if (returnTo !== undefined && !isAllowed(returnTo, returnUrls)) {
    throw new NamedError(
      'InvalidRequest',
      `returnTo is not an address to which customers may be sent. Allowed are ${returnUrls.join(', ') || 'no addresses: set oauthReturnUrls of the construct'}.`,
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
  // For a customer, too: fail now if no OAuth app is configured; the customer should not see it.
  const atAsana = await authorizationUrlOf(request, state, authorization);
  await oauthRequests.add(request);
  const authorizationUrl = returnTo === undefined ? atAsana : `${publicBaseUrl}/oauth/start?state=${state}`;
  return { data: { authorizationUrl, state, expiresAt: expiresAt.toISOString() } };
}

/** The address to which Asana redirects a customer's browser. */
function callbackOf(publicBaseUrl: string): string {
  return `${publicBaseUrl}/oauth/callback`;
}

/** Whether `returnTo` has the origin of an allowed address and is equal to or below its path. */
function isAllowed(returnTo: string, allowed: readonly string[]): boolean {
  const wanted = new URL(returnTo);
  return allowed.some((text) => {
    const { origin, pathname } = new URL(text);
    const below = pathname.endsWith('/') ? pathname : `${pathname}/`;
    return wanted.origin === origin && (wanted.pathname === pathname || wanted.pathname.startsWith(below));
  });
}
