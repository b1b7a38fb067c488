import { mapBounded } from './bounded.ts';
import type { AuthorizationServer, ConnectionStore, Credentials } from './connection.ts';
import { ManagementError } from './errors.ts';
import type { AsanaWebhooks, ManagementRegistry } from './ports.ts';

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
   * - `unreadable`: its secret holds something else.
   */
  readonly state: 'ready' | 'empty' | 'revoked' | 'unreadable';
  /** When an access token of OAuth2 ends; it is renewed before. */
  readonly expiresAt?: string;
}

/** How a connection stands, after asking Asana. */
export interface CheckedConnection extends ConnectionFacts {
  readonly user: { readonly gid: string; readonly name?: string; readonly email?: string };
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
    try {
      return factsOf(connection, (await connections.read(connection)) ?? { kind: 'empty' });
    } catch (error) {
      if (!(error instanceof ManagementError && error.name === 'ConnectionNotReady')) throw error;
      return { connection, kind: 'empty', state: 'unreadable' } as const;
    }
  });
  return { data };
}

/**
 * Asks Asana who a connection is, and what it can do.
 *
 * @throws ManagementError ConnectionNotReady, and the AsanaErrors of the call.
 */
export async function checkConnection(
  { connection }: { readonly connection: string },
  services: ConnectionServices,
): Promise<{ readonly data: CheckedConnection }> {
  const { workspaces, ...user } = await services.asana(connection).me();
  const credentials = (await services.connections.read(connection)) ?? { kind: 'empty' };
  const scopes = credentials.kind === 'oauth2' ? credentials.scopes : null;
  const has = (scope: string) => scopes === null || scopes.includes(scope);
  return {
    data: {
      ...factsOf(connection, credentials),
      user,
      workspaces,
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

/** Stores a personal access token as a connection, and asks Asana whether it works. One that does not is not kept. */
export async function putConnection(
  { connection, personalAccessToken }: { readonly connection: string; readonly personalAccessToken: string },
  services: ConnectionServices,
): Promise<{ readonly data: CheckedConnection }> {
  const { connections, forgetToken } = services;
  const before = await connections.read(connection).catch(() => undefined);
  await connections.write(connection, { kind: 'personalAccessToken', token: personalAccessToken });
  forgetToken(connection);
  try {
    return await checkConnection({ connection }, services);
  } catch (error) {
    if (error instanceof ManagementError && error.name === 'AsanaUnauthorized') {
      await (before ? connections.write(connection, before) : connections.remove(connection));
      forgetToken(connection);
    }
    throw error;
  }
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
  const names = await connections.names();
  if (!names.includes(connection)) {
    throw new ManagementError(
      'ConnectionNotFound',
      `There is no connection "${connection}": there are ${names.join(', ') || 'none'}.`,
    );
  }
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
