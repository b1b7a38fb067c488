import type { CheckedConnection } from '../../contract/connection.ts';
import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { readFacts } from './connection-facts.ts';
import type { ConnectionServices } from './services.ts';

/**
 * Asks Asana which user a connection belongs to, and returns which calls it may make. For a connection that
 * does not work, it returns a `state` that says why, and does not throw.
 *
 * @throws AsanaError if the call to Asana fails.
 */
export async function checkConnection(
  { connection }: ParametersOf<'checkConnection'>,
  services: ConnectionServices,
): Promise<ResultOf<'checkConnection'>> {
  const facts = await readFacts(connection, services.connections);
  if (facts.state !== 'ready') return { data: { ...facts, ...noAccess } };
  const who = await askAsana(connection, services);
  if (who === 'refused') return { data: { ...facts, state: 'refused', ...noAccess } };
  // The call may have shown that the grant was revoked, or may have refreshed the token.
  const { scopes, ...latest } = await readFacts(connection, services.connections);
  if (latest.state !== 'ready') return { data: { ...latest, ...noAccess } };
  const has = (scope: string) => scopes === null || scopes.includes(scope);
  return {
    data: {
      ...latest,
      ...who,
      scopes,
      can: {
        readWebhooks: has('webhooks:read'),
        writeWebhooks: has('webhooks:write'),
        deleteWebhooks: has('webhooks:delete'),
        readEvents: has('default'),
      },
    },
  };
}

const noAccess = {
  user: null,
  workspaces: [],
  scopes: null,
  can: { readWebhooks: false, writeWebhooks: false, deleteWebhooks: false, readEvents: false },
} as const;

type Who = Pick<CheckedConnection, 'user' | 'workspaces'>;

/** The user is null if the scopes do not allow reading it. The connection can still work. */
async function askAsana(
  connection: string,
  { asana }: Pick<ConnectionServices, 'asana'>,
): Promise<Who | 'refused'> {
  try {
    const { workspaces, ...user } = await asana(connection).me();
    return { user, workspaces };
  } catch (error) {
    if (!(error instanceof NamedError)) throw error;
    switch (error.name) {
      case 'AsanaUnauthorized':
        return 'refused';
      case 'AsanaForbidden':
      case 'ConnectionNotReady':
        return { user: null, workspaces: [] };
      default:
        throw error;
    }
  }
}
