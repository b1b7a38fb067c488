import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { notFound } from './connection-facts.ts';
import type { ConnectionServices } from './services.ts';

/**
 * Deletes a connection and its credentials. Revokes an OAuth2 grant at Asana, unless the call to Asana fails.
 *
 * @throws NamedError ConnectionInUse while it has webhooks, unless forced; ConnectionNotFound
 */
export async function deleteConnection(
  { connection, force = false }: ParametersOf<'deleteConnection'>,
  { connections, authorization, registry, forgetToken }: ConnectionServices,
): Promise<ResultOf<'deleteConnection'>> {
  if (!(await connections.names()).includes(connection)) throw await notFound(connection, connections);
  const inUse = (await registry.findByConnection(connection)).filter(({ status }) => status !== 'deleted');
  if (inUse.length > 0 && !force) {
    throw new NamedError(
      'ConnectionInUse',
      `Connection "${connection}" has ${inUse.length} webhooks, which cannot be managed without it. Delete them first, or set force: true.`,
    );
  }
  const credentials = await connections.read(connection).catch(() => undefined);
  const revoked =
    credentials?.kind === 'oauth2' &&
    (await authorization.revoke(credentials.refreshToken).then(
      () => true,
      () => false,
    ));
  await connections.remove(connection);
  forgetToken(connection);
  return { data: { connection, webhooks: inUse.length, revoked } };
}
