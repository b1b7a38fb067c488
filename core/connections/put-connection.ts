import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { checkConnection } from './check-connection.ts';
import { notReady } from './credentials.ts';
import type { ConnectionServices } from './services.ts';

/**
 * Stores a personal access token as a connection, and checks with Asana that it works. If it does not work,
 * restores the previous credentials.
 *
 * @throws NamedError ConnectionNotReady if Asana does not accept the token.
 */
export async function putConnection(
  { connection, personalAccessToken }: ParametersOf<'putConnection'>,
  services: ConnectionServices,
): Promise<ResultOf<'putConnection'>> {
  const { connections, forgetToken } = services;
  const before = await connections.read(connection).catch(() => undefined);
  await connections.write(connection, { kind: 'personalAccessToken', token: personalAccessToken });
  forgetToken(connection);
  const checked = await checkConnection({ connection }, services);
  if (checked.data.state === 'ready') return checked;
  await (before ? connections.write(connection, before) : connections.remove(connection));
  forgetToken(connection);
  throw notReady(connection, 'Asana does not accept this token, so the token was not kept');
}
