import { createHash } from 'node:crypto';
import type { AuthorizationServer, OAuthRequest } from './ports.ts';
import type { OAuthServices } from './services.ts';

/** The address of the page where Asana asks the person to grant access. */
export function authorizationUrlOf(
  { redirectUri, codeVerifier, scopes }: OAuthRequest,
  state: string,
  authorization: AuthorizationServer,
): Promise<string> {
  return authorization.authorizationUrl({ redirectUri, state, codeChallenge: sha256(codeVerifier), scopes });
}

/** Exchanges the code of an authorization and stores the tokens. */
export async function storeGrant(
  { connection, redirectUri, codeVerifier, scopes }: OAuthRequest,
  code: string,
  { authorization, connections }: Pick<OAuthServices, 'authorization' | 'connections'>,
): Promise<void> {
  const tokens = await authorization.exchangeCode({ code, codeVerifier, redirectUri });
  await connections.write(connection, { kind: 'oauth2', scopes, ...tokens });
}

/**
 * The id under which an authorization is stored. It is a hash, so that the table does not reveal the state.
 */
export function idOf(state: string): string {
  return sha256(state);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
