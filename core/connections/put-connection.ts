import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { askUser, worksAs } from './ask-user.ts';
import type { ConnectionServices } from './services.ts';

/**
 * Stores a personal access token as a connection, if Asana accepts the token. Otherwise nothing is changed: the
 * stored credentials may be the only copy.
 *
 * @throws NamedError ConnectionNotReady if Asana does not accept the token; AsanaError if Asana does not say
 * whether it accepts the token.
 */
export async function putConnection(
  { connection, personalAccessToken: token }: ParametersOf<'putConnection'>,
  { connections, asanaOf, forgetToken }: ConnectionServices,
): Promise<ResultOf<'putConnection'>> {
  const who = await askUser(asanaOf(token), null);
  if (who === 'refused') {
    throw new NamedError(
      'ConnectionNotReady',
      `Asana does not accept this token, so nothing was stored in connection "${connection}". Check the token, and call putConnection again.`,
    );
  }
  try {
    await connections.write(connection, { kind: 'personalAccessToken', token });
  } finally {
    // The write may have happened even if its answer was lost.
    forgetToken(connection);
  }
  const facts = { connection, kind: 'personalAccessToken', state: 'ready' } as const;
  return { data: worksAs(facts, who, null) };
}
