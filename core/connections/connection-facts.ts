import type { ConnectionFacts } from '../../contract/connection.ts';
import { NamedError } from '../errors.ts';
import type { Credentials } from './credentials.ts';
import type { ConnectionStore } from './ports.ts';

/** How a connection stands, as its secret tells. @throws NamedError ConnectionNotFound */
export async function readFacts(
  connection: string,
  connections: ConnectionStore,
): Promise<ConnectionFacts & { readonly scopes: readonly string[] | null }> {
  try {
    const credentials = await connections.read(connection);
    if (credentials === undefined) throw await notFound(connection, connections);
    const scopes = credentials.kind === 'oauth2' ? credentials.scopes : null;
    return { ...factsOf(connection, credentials), scopes };
  } catch (error) {
    if (!(error instanceof NamedError && error.name === 'ConnectionNotReady')) throw error;
    return { connection, kind: 'empty', state: 'unreadable', scopes: null };
  }
}

/** An error for a connection that is not there, which names those there are. */
export async function notFound(connection: string, connections: ConnectionStore): Promise<NamedError> {
  const names = await connections.names();
  return new NamedError(
    'ConnectionNotFound',
    `There is no connection "${connection}": there are ${names.join(', ') || 'none'}.`,
  );
}

function factsOf(connection: string, credentials: Credentials): ConnectionFacts {
  const { kind } = credentials;
  if (kind !== 'oauth2') return { connection, kind, state: kind === 'empty' ? 'empty' : 'ready' };
  const { revokedAt, expiresAt } = credentials;
  return { connection, kind, state: revokedAt ? 'revoked' : 'ready', expiresAt: expiresAt.toISOString() };
}
