import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { idOf, storeGrant } from './authorization.ts';
import { checkConnection } from './check-connection.ts';
import type { OAuthServices } from './services.ts';

/**
 * Completes an authorization: exchanges the code and stores the tokens. A state works once.
 *
 * @throws NamedError OAuthStateUnknown, OAuthRefused
 */
export async function finishOAuth(
  { state, code }: ParametersOf<'finishOAuth'>,
  services: OAuthServices,
): Promise<ResultOf<'finishOAuth'>> {
  const { oauthRequests } = services;
  const request = await oauthRequests.take(idOf(state));
  if (request === undefined) {
    throw new NamedError(
      'OAuthStateUnknown',
      'This authorization is unknown: it was already used, or it took more than 10 minutes. Begin again with beginOAuth.',
    );
  }
  if (request.returnTo !== undefined) {
    throw new NamedError(
      'OAuthStateUnknown',
      'This authorization was begun for a customer and can only be completed in the customer\u2019s own browser.',
    );
  }
  const { connection } = request;
  try {
    await storeGrant(request, code, services);
  } finally {
    services.forgetToken(connection);
  }
  try {
    return await checkConnection({ connection }, services);
  } catch (error) {
    if (error instanceof NamedError) {
      error.add(`The grant is stored in connection "${connection}". Check it later with checkConnection.`);
    }
    throw error;
  }
}
