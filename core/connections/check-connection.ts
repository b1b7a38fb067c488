import type { CheckedConnection } from '../../contract/connection.ts';
import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { readFacts } from './connection-facts.ts';
import type { ConnectionServices } from './services.ts';

/**
 * Asks Asana who a connection is, and what it can do. A connection that does not work is an answer as well: its
 * `state` says why.
 *
 * @throws AsanaError where Asana cannot be asked.
 */
export async function checkConnection(
  { connection }: ParametersOf<'checkConnection'>,
  services: ConnectionServices,
): Promise<ResultOf<'checkConnection'>> {
  const facts = await readFacts(connection, services.connections);
  if (facts.state !== 'ready') return { data: { ...facts, ...nobody } };
  const who = await askAsana(connection, services);
  if (who === 'refused') return { data: { ...facts, state: 'refused', ...nobody } };
  // Asking may have found out that the grant was taken back, or brought another token.
  const { scopes, ...latest } = await readFacts(connection, services.connections);
  if (latest.state !== 'ready') return { data: { ...latest, ...nobody } };
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

const nobody = {
  user: null,
  workspaces: [],
  scopes: null,
  can: { readWebhooks: false, writeWebhooks: false, deleteWebhooks: false, readEvents: false },
} as const;

type Who = Pick<CheckedConnection, 'user' | 'workspaces'>;

/** Nobody where the scopes do not let the connection ask who it is; it can work all the same. */
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
