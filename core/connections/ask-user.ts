import type { CheckedConnection, ConnectionFacts } from '../../contract/connection.ts';
import { AsanaError } from '../errors.ts';
import type { AsanaUsers } from './ports.ts';

/** What Asana says about the user of a token that it accepts. */
export type Who = Pick<CheckedConnection, 'user' | 'workspaces' | 'missingScopes'>;

/**
 * Asks Asana for the user of a token. Returns `refused` if Asana does not accept the token (401).
 *
 * A 403 in Asana's own error envelope means that Asana accepts the token and does not show the user, because
 * the token lacks a scope. A 403 without the envelope comes from a gateway, and says nothing about the token.
 *
 * @throws AsanaError for every other answer, and if there was no answer. The token may be valid or not.
 */
export async function askUser(users: AsanaUsers, scopes: readonly string[] | null): Promise<Who | 'refused'> {
  try {
    const { workspaces, ...user } = await users.me();
    return { user, workspaces, missingScopes: [] };
  } catch (error) {
    if (!(error instanceof AsanaError)) throw error;
    if (error.name === 'AsanaUnauthorized') return 'refused';
    if (!isMissingScope(error)) throw error;
    return { user: null, workspaces: [], missingScopes: missingIn(scopes) };
  }
}

/** Whether Asana accepts the token and refuses only this call. */
export function isMissingScope(error: AsanaError): boolean {
  return error.name === 'AsanaForbidden' && error.details.length > 0;
}

function missingIn(scopes: readonly string[] | null): readonly string[] {
  const needed = ['users:read', 'workspaces:read'];
  const missing = needed.filter((scope) => !scopes?.includes(scope));
  // Without a list of scopes, only the scope of the call itself is certain.
  return scopes === null || missing.length === 0 ? ['users:read'] : missing;
}

/** The result of a check of a connection that works. */
export function worksAs(
  facts: ConnectionFacts,
  who: Who,
  scopes: readonly string[] | null,
): CheckedConnection {
  const has = (scope: string) => scopes === null || scopes.includes(scope);
  return {
    ...facts,
    ...who,
    scopes,
    can: {
      readWebhooks: has('webhooks:read'),
      writeWebhooks: has('webhooks:write'),
      deleteWebhooks: has('webhooks:delete'),
      readEvents: has('default'),
    },
  };
}
