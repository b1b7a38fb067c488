import type { ConnectionFacts } from '../../contract/connection.ts';
import { NamedError } from '../errors.ts';
import type { Credentials } from './credentials.ts';
import type { ConnectionStore } from './ports.ts';

export type StoredFacts = ConnectionFacts & { readonly scopes: readonly string[] | null };

/** The state of a connection according to its secret, or undefined if there is no such connection. */
export async function findFacts(
  connection: string,
  connections: ConnectionStore,
): Promise<StoredFacts | undefined> {
  try {
    const stored = await connections.read(connection);
    if (stored === undefined) return undefined;
    const { credentials } = stored;
    const scopes = credentials.kind === 'oauth2' ? credentials.scopes : null;
    return { ...factsOf(connection, credentials), scopes };
  } catch (error) {
    if (!(error instanceof NamedError && error.name === 'ConnectionNotReady')) throw error;
    return { connection, kind: 'empty', state: 'unreadable', scopes: null };
  }
}

/** The same as `findFacts`. @throws NamedError ConnectionNotFound */
export async function readFacts(connection: string, connections: ConnectionStore): Promise<StoredFacts> {
  const facts = await findFacts(connection, connections);
  if (facts === undefined) throw await notFound(connection, connections);
  return facts;
}

/** The error for a connection that does not exist. Its message names the existing connections. */
export async function notFound(connection: string, connections: ConnectionStore): Promise<NamedError> {
  const names = await connections.names();
  return new NamedError(
    'ConnectionNotFound',
    `There is no connection "${connection}". Existing connections: ${names.join(', ') || 'none'}.`,
  );
}

function factsOf(connection: string, credentials: Credentials): ConnectionFacts {
  const { kind } = credentials;
  if (kind !== 'oauth2') return { connection, kind, state: kind === 'empty' ? 'empty' : 'ready' };
  const { revokedAt, expiresAt } = credentials;
  return { connection, kind, state: revokedAt ? 'revoked' : 'ready', expiresAt: expiresAt.toISOString() };
}
