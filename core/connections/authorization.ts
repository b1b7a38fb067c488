import { createHash } from 'node:crypto';
import type { AuthorizationServer, OAuthRequest } from './ports.ts';
import type { OAuthServices } from './services.ts';

/** Where Asana asks the person, for a request. */
export function authorizationUrlOf(
  { redirectUri, codeVerifier, scopes }: OAuthRequest,
  state: string,
  authorization: AuthorizationServer,
): Promise<string> {
  return authorization.authorizationUrl({ redirectUri, state, codeChallenge: sha256(codeVerifier), scopes });
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
