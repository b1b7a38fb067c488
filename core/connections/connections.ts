import { mapBounded } from '../bounded.ts';
import { ManagementError } from '../errors.ts';
import type { AsanaWebhooks, ManagementRegistry } from '../subscriptions/ports.ts';
import { type AuthorizationServer, type ConnectionStore, type Credentials, notReady } from './credentials.ts';

export interface ConnectionServices {
  readonly connections: ConnectionStore;
  readonly authorization: AuthorizationServer;
  readonly registry: Pick<ManagementRegistry, 'findByConnection'>;
  readonly asana: (connection: string) => Pick<AsanaWebhooks, 'me'>;
  /** Lets go of a token in memory, for there is another. */
  readonly forgetToken: (connection: string) => void;
}

/** How a connection stands, without asking Asana. */
export interface ConnectionFacts {
  readonly connection: string;
  readonly kind: Credentials['kind'];
  /**
   * - `ready`: it has credentials.
   * - `empty`: nobody has connected it yet.
   * - `revoked`: Asana says that its grant is taken back.
   * - `refused`: Asana does not take its token; seen only by asking.
   * - `unreadable`: its secret holds something else.
   */
  readonly state: 'ready' | 'empty' | 'revoked' | 'refused' | 'unreadable';
  /** When an access token of OAuth2 ends; it is renewed before. */
  readonly expiresAt?: string;
}

/** How a connection stands, after asking Asana. */
export interface CheckedConnection extends ConnectionFacts {
  /** Null where the connection does not work, or may not ask who it is. */
  readonly user: { readonly gid: string; readonly name?: string; readonly email?: string } | null;
  readonly workspaces: readonly { readonly gid: string; readonly name?: string }[];
  /** Null where it may do whatever its user may. */
  readonly scopes: readonly string[] | null;
  /** What it can and cannot do here. */
  readonly can: {
    readonly readWebhooks: boolean;
    readonly writeWebhooks: boolean;
    readonly deleteWebhooks: boolean;
    /** Asana has no granular scope for events, so fetching what was missed takes full permissions. */
    readonly readEvents: boolean;
  };
}

const concurrentReads = 10;

/** Lists the connections, without their tokens. */
export async function listConnections({
  connections,
}: ConnectionServices): Promise<{ readonly data: readonly ConnectionFacts[] }> {
  const names = await connections.names();
  const data = await mapBounded(names, concurrentReads, async (connection) => {
    const { scopes: _, ...facts } = await readFacts(connection, connections);
    return facts;
  });
  return { data };
}

/**
 * Asks Asana who a connection is, and what it can do. A connection that does not work is an answer as well: its
 * `state` says why.
 *
 * @throws AsanaError where Asana cannot be asked.
 */
export async function checkConnection(
  { connection }: { readonly connection: string },
  services: ConnectionServices,
): Promise<{ readonly data: CheckedConnection }> {
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
    if (!(error instanceof ManagementError)) throw error;
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

async function readFacts(
  connection: string,
  connections: ConnectionStore,
): Promise<ConnectionFacts & { readonly scopes: readonly string[] | null }> {
  try {
    const credentials = await connections.read(connection);
    if (credentials === undefined) throw await notFound(connection, connections);
    const scopes = credentials.kind === 'oauth2' ? credentials.scopes : null;
    return { ...factsOf(connection, credentials), scopes };
  } catch (error) {
    if (!(error instanceof ManagementError && error.name === 'ConnectionNotReady')) throw error;
    return { connection, kind: 'empty', state: 'unreadable', scopes: null };
  }
}

async function notFound(connection: string, connections: ConnectionStore): Promise<ManagementError> {
  const names = await connections.names();
  return new ManagementError(
    'ConnectionNotFound',
    `There is no connection "${connection}": there are ${names.join(', ') || 'none'}.`,
  );
}

/**
 * Stores a personal access token as a connection, and asks Asana whether it works. One that does not is not kept.
 *
 * @throws ManagementError ConnectionNotReady where Asana does not take the token.
 */
export async function putConnection(
  { connection, personalAccessToken }: { readonly connection: string; readonly personalAccessToken: string },
  services: ConnectionServices,
): Promise<{ readonly data: CheckedConnection }> {
  const { connections, forgetToken } = services;
  const before = await connections.read(connection).catch(() => undefined);
  await connections.write(connection, { kind: 'personalAccessToken', token: personalAccessToken });
  forgetToken(connection);
  const checked = await checkConnection({ connection }, services);
  if (checked.data.state === 'ready') return checked;
  await (before ? connections.write(connection, before) : connections.remove(connection));
  forgetToken(connection);
  throw notReady(connection, 'Asana does not know this token, so it was not kept');
}

/**
 * Deletes a connection and its credentials; a grant of OAuth2 is taken back at Asana, as far as Asana can be asked.
 *
 * @throws ManagementError ConnectionInUse while it has webhooks, unless forced; ConnectionNotFound
 */
export async function deleteConnection(
  { connection, force = false }: { readonly connection: string; readonly force?: boolean },
  { connections, authorization, registry, forgetToken }: ConnectionServices,
): Promise<{
  readonly data: { readonly connection: string; readonly webhooks: number; readonly revoked: boolean };
}> {
  if (!(await connections.names()).includes(connection)) throw await notFound(connection, connections);
  const inUse = (await registry.findByConnection(connection)).filter(({ status }) => status !== 'deleted');
  if (inUse.length > 0 && !force) {
    throw new ManagementError(
      'ConnectionInUse',
      `Connection "${connection}" has ${inUse.length} webhooks, which could not be managed without it: delete them first, or say force.`,
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

function factsOf(connection: string, credentials: Credentials): ConnectionFacts {
  const { kind } = credentials;
  if (kind !== 'oauth2') return { connection, kind, state: kind === 'empty' ? 'empty' : 'ready' };
  const { revokedAt, expiresAt } = credentials;
  return { connection, kind, state: revokedAt ? 'revoked' : 'ready', expiresAt: expiresAt.toISOString() };
}
