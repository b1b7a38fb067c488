import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  paginateListSecrets,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Credentials, notReady, type OAuthAccess } from '../../core/connections/credentials.ts';
import type { ConnectionStore } from '../../core/connections/ports.ts';
import { replaceSecret, unlessGone } from './replace-secret.ts';
import { storageCall } from './storage-call.ts';

/**
 * The connections' secrets in Secrets Manager. Each connection has one secret:
 * `{ "personalAccessToken": "…" }` or `{ "oauth2": { … } }`. The name of the secret is the prefix and the name of the
 * connection. The secret of the connection `default` belongs to the stack. It is emptied instead of removed.
 */
export function createConnectionStore(client: SecretsManagerClient, secretPrefix: string): ConnectionStore {
  const idOf = (connection: string) => `${secretPrefix}${connection}`;

  async function put(connection: string, text: string): Promise<void> {
    await storageCall(`write the secret of connection "${connection}"`, async () => {
      const change = () =>
        client.send(new PutSecretValueCommand({ SecretId: idOf(connection), SecretString: text }));
      try {
        await change();
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
        await create(connection, text).catch((failure: unknown) => {
          if (!(failure instanceof ResourceExistsException)) throw failure;
          // Another call has just created the secret.
          return change();
        });
      }
    });
  }

  const create = (connection: string, text: string): Promise<unknown> =>
    client.send(
      new CreateSecretCommand({
        Name: idOf(connection),
        SecretString: text,
        Description: `The Asana credentials of the connection "${connection}"`,
      }),
    );

  return {
    async names() {
      return storageCall('list the connections', async () => {
        const names: string[] = [];
        const pages = paginateListSecrets({ client }, { Filters: [{ Key: 'name', Values: [secretPrefix] }] });
        for await (const { SecretList = [] } of pages) {
          for (const { Name = '' } of SecretList) {
            if (Name.startsWith(secretPrefix)) names.push(Name.slice(secretPrefix.length));
          }
        }
        return names.sort();
      });
    },

    async read(connection) {
      const answer = await storageCall(`read the secret of connection "${connection}"`, () =>
        unlessGone(client.send(new GetSecretValueCommand({ SecretId: idOf(connection) }))),
      );
      if (answer === undefined) return undefined;
      const credentials = readCredentials(connection, answer.SecretString ?? '');
      return { credentials, version: answer.VersionId ?? '' };
    },

    write: (connection, credentials) => put(connection, writeCredentials(credentials)),

    replace: (connection, version, credentials) =>
      storageCall(`replace the secret of connection "${connection}"`, () =>
        replaceSecret(client, { id: idOf(connection), version, text: writeCredentials(credentials) }),
      ),

    async remove(connection) {
      if (connection === 'default') return put(connection, '{}');
      await storageCall(`remove the secret of connection "${connection}"`, async () => {
        // Deleted credentials must be gone, and their name must be free again.
        const removal = { SecretId: idOf(connection), ForceDeleteWithoutRecovery: true };
        await unlessGone(client.send(new DeleteSecretCommand(removal)));
      });
    },
  };
}

function writeCredentials(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'empty':
      return '{}';
    case 'personalAccessToken':
      return JSON.stringify({ personalAccessToken: credentials.token });
    case 'oauth2': {
      const { kind: _, expiresAt, revokedAt, ...texts } = credentials;
      return JSON.stringify({
        oauth2: {
          ...texts,
          expiresAt: expiresAt.toISOString(),
          ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
        },
      });
    }
  }
}

/** People type personal access tokens by hand, so every problem has its own message. No message quotes the secret. */
function readCredentials(connection: string, text: string): Credentials {
  const { personalAccessToken, oauth2 } = parse(connection, text);
  if (personalAccessToken !== undefined) {
    return { kind: 'personalAccessToken', token: readToken(connection, personalAccessToken) };
  }
  return oauth2 === undefined ? { kind: 'empty' } : readOAuth(connection, oauth2);
}

function parse(connection: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The parser's message would quote the secret.
  }
  throw notReady(connection, 'its secret is not a JSON object');
}

function readToken(connection: string, value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw notReady(connection, 'it holds no personalAccessToken');
  // A pasted token may end with a line break. The HTTP client would refuse it with a message that quotes the token.
  const token = value.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw notReady(connection, 'its personalAccessToken is not a token');
  return token;
}

function readOAuth(connection: string, value: unknown): OAuthAccess {
  const { accessToken, refreshToken, expiresAt, scopes, userGid, revokedAt } = (value ?? {}) as Record<
    string,
    unknown
  >;
  const isWhole =
    typeof accessToken === 'string' && typeof refreshToken === 'string' && typeof expiresAt === 'string';
  if (!isWhole) throw notReady(connection, 'its oauth2 credentials are not complete');
  return {
    kind: 'oauth2',
    accessToken,
    refreshToken,
    expiresAt: new Date(expiresAt),
    scopes: Array.isArray(scopes) ? scopes.map(String) : null,
    ...(typeof userGid === 'string' && { userGid }),
    ...(typeof revokedAt === 'string' && { revokedAt: new Date(revokedAt) }),
  };
}
