import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { notFound } from './connection-facts.ts';
import type { Credentials } from './credentials.ts';
import type { ConnectionServices } from './services.ts';

type Grant = ResultOf<'deleteConnection'>['data']['grant'];

/**
 * Deletes a connection and its credentials, after Asana has revoked its OAuth2 grant. If Asana does not revoke
 * the grant, nothing is deleted unless forced: the refresh token is the only means to revoke the grant later.
 *
 * @throws NamedError ConnectionInUse while it has webhooks, unless forced; ConnectionNotFound; the failure of the
 * call to Asana, unless forced
 */
export async function deleteConnection(
  { connection, force = false }: ParametersOf<'deleteConnection'>,
  services: ConnectionServices,
): Promise<ResultOf<'deleteConnection'>> {
  const { connections, registry, forgetToken } = services;
  const credentials = await readForDeletion(connection, services);
  const inUse = (await registry.subscriptionsOf(connection)).filter(({ wanted }) => wanted !== 'off');
  if (inUse.length > 0 && !force) {
    throw new NamedError(
      'ConnectionInUse',
      `Connection "${connection}" has ${inUse.length} webhooks, which cannot be managed without it. Delete them first, or set force: true.`,
    );
  }
  const grant = await revokeGrant(credentials, force, services);
  await connections.remove(connection);
  forgetToken(connection);
  return { data: { connection, webhooks: inUse.length, grant } };
}

/** The credentials, or `unreadable` if the secret exists and cannot be parsed. @throws ConnectionNotFound */
async function readForDeletion(
  connection: string,
  { connections }: ConnectionServices,
): Promise<Credentials | 'unreadable'> {
  try {
    // The list of secrets lags behind, so reading the secret decides whether it exists.
    const stored = await connections.read(connection);
    if (stored !== undefined) return stored.credentials;
  } catch (error) {
    if (error instanceof NamedError && error.name === 'ConnectionNotReady') return 'unreadable';
    throw error;
  }
  throw await notFound(connection, connections);
}

async function revokeGrant(
  credentials: Credentials | 'unreadable',
  force: boolean,
  { authorization }: ConnectionServices,
): Promise<Grant> {
  if (credentials === 'unreadable') return 'unknown';
  if (credentials.kind !== 'oauth2') return 'none';
  if (credentials.revokedAt !== undefined) return 'revoked';
  try {
    await authorization.revoke(credentials.refreshToken);
    return 'revoked';
  } catch (error) {
    if (!(error instanceof NamedError)) throw error;
    // Asana does not know the grant any more.
    if (error.name === 'OAuthRefused') return 'revoked';
    if (force) return 'not-revoked';
    error.add(
      'The connection was not deleted, because its grant is still valid at Asana. Call again, or set force: true to delete it without revoking the grant.',
    );
    throw error;
  }
}
