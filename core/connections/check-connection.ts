import type { CheckedConnection } from '../../contract/connection.ts';
import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import { NamedError } from '../errors.ts';
import { askUser, type Who, worksAs } from './ask-user.ts';
import { readFacts, type StoredFacts } from './connection-facts.ts';
import type { ConnectionServices } from './services.ts';

/** How often a check begins again because the credentials changed during the check. */
const attempts = 3;

/**
 * Asks Asana which user a connection belongs to, and returns which calls it may make. For a connection that
 * does not work, it returns a `state` that says why, and does not throw.
 *
 * @throws AsanaError if the call to Asana fails; NamedError ConnectionNotFound
 */
export async function checkConnection(
  { connection }: ParametersOf<'checkConnection'>,
  services: ConnectionServices,
): Promise<ResultOf<'checkConnection'>> {
  for (let attempt = 1; ; attempt += 1) {
    const facts = await readFacts(connection, services.connections);
    if (facts.state !== 'ready') return { data: brokenAs(facts, facts.state) };
    // The cached token may be older than the stored credentials.
    services.forgetToken(connection);
    const who = await ask(facts, services);
    if (who === 'refused') return { data: brokenAs(facts, 'refused') };
    // The call may have shown that the grant was revoked, or may have refreshed the token.
    const { scopes, ...latest } = await readFacts(connection, services.connections);
    if (latest.state !== 'ready') return { data: brokenAs(latest, latest.state) };
    if (!(who instanceof NamedError)) return { data: worksAs(latest, who, scopes) };
    // The credentials that could not be used were replaced during the call.
    if (attempt === attempts) throw who;
  }
}

async function ask(
  { connection, scopes }: StoredFacts,
  { asana }: ConnectionServices,
): Promise<Who | 'refused' | NamedError> {
  try {
    return await askUser(asana(connection), scopes);
  } catch (error) {
    if (error instanceof NamedError && error.name === 'ConnectionNotReady') return error;
    throw error;
  }
}

function brokenAs(
  { connection, kind, expiresAt }: Omit<StoredFacts, 'scopes'>,
  state: CheckedConnection['state'],
): CheckedConnection {
  return {
    connection,
    kind,
    state,
    ...(expiresAt !== undefined && { expiresAt }),
    user: null,
    workspaces: [],
    scopes: null,
    missingScopes: [],
    can: { readWebhooks: false, writeWebhooks: false, deleteWebhooks: false, readEvents: false },
  };
}
