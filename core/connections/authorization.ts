import { NamedError } from '../errors.ts';
import { sha256 } from '../sha256.ts';
import { askUser } from './ask-user.ts';
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

/**
 * Exchanges the code of an authorization and stores the tokens. The stored credentials stay if Asana refuses the
 * new token itself, for example because a workspace has disabled the app. Any other failure of that check says
 * nothing about the token that Asana has just issued, so the token is stored: the code works only once.
 *
 * @throws NamedError OAuthRefused, OAuthNotConfigured, StorageUnavailable; AsanaError
 */
export async function storeGrant(
  { connection, redirectUri, codeVerifier, scopes }: OAuthRequest,
  code: string,
  { authorization, connections, asanaOf }: Pick<OAuthServices, 'authorization' | 'connections' | 'asanaOf'>,
): Promise<void> {
  const tokens = await authorization.exchangeCode({ code, codeVerifier, redirectUri });
  const isRefused = await askUser(asanaOf(tokens.accessToken), scopes).then(
    (who) => who === 'refused',
    () => false,
  );
  if (isRefused) {
    throw new NamedError(
      'OAuthRefused',
      'Asana issued a token and does not accept it, so the token was not stored. Check that the workspace allows the app. Then begin again with beginOAuth.',
    );
  }
  try {
    await connections.write(connection, { kind: 'oauth2', scopes, ...tokens });
  } catch (error) {
    if (error instanceof NamedError) error.add('A code works once: begin again with beginOAuth.');
    throw error;
  }
}

/**
 * The id under which an authorization is stored. It is a hash, so that the table does not reveal the state.
 */
export function idOf(state: string): string {
  return sha256(state);
}
