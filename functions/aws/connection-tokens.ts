import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ManagementError } from '../domain/errors.ts';
import type { Clock } from '../domain/ports.ts';
import { storageCall } from './storage-call.ts';

/** A connection's access token. */
export interface ConnectionToken {
  /** The token, from memory where it is young. @throws ManagementError ConnectionNotReady */
  get(): Promise<string>;
  /** Reads the token again and answers it where it is another than the one that was refused. */
  renew(refused: string): Promise<string | undefined>;
}

const keepMs = 5 * 60_000;

/**
 * The tokens of all connections, one secret each: `{ "personalAccessToken": "…" }` under the prefix and the
 * connection's name. A token is kept in memory for five minutes.
 */
export function createConnectionTokens(
  client: SecretsManagerClient,
  { secretPrefix, now }: { secretPrefix: string; now: Clock },
): (connection: string) => ConnectionToken {
  const kept = new Map<string, { readonly token: string; readonly until: number }>();

  async function read(connection: string): Promise<string> {
    const secretId = `${secretPrefix}${connection}`;
    const token = tokenIn(connection, secretId, await readSecret(client, connection, secretId));
    kept.set(connection, { token, until: now().getTime() + keepMs });
    return token;
  }

  return (connection) => ({
    async get() {
      const entry = kept.get(connection);
      return entry && entry.until > now().getTime() ? entry.token : read(connection);
    },
    async renew(refused) {
      kept.delete(connection);
      const token = await read(connection);
      return token === refused ? undefined : token;
    },
  });
}

async function readSecret(
  client: SecretsManagerClient,
  connection: string,
  secretId: string,
): Promise<string | undefined> {
  return storageCall(`read the secret of connection "${connection}"`, async () => {
    try {
      return (await client.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException)
        throw notReady(connection, secretId, 'there is no such secret');
      throw error;
    }
  });
}

function tokenIn(connection: string, secretId: string, text: string | undefined): string {
  let token: unknown;
  try {
    token = (JSON.parse(text ?? '') as { personalAccessToken?: unknown } | null)?.personalAccessToken;
  } catch {
    // The parser's message would quote the secret.
    throw notReady(connection, secretId, 'its value is not JSON');
  }
  if (typeof token !== 'string' || token === '') {
    throw notReady(connection, secretId, 'it holds no personalAccessToken');
  }
  // A token with a line end, as pasted, would be refused by the HTTP client in words that quote it.
  const trimmed = token.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed))
    throw notReady(connection, secretId, 'its personalAccessToken is not a token');
  return trimmed;
}

function notReady(connection: string, secretId: string, why: string): ManagementError {
  return new ManagementError(
    'ConnectionNotReady',
    `Connection "${connection}" is not ready: ${why}. Put { "personalAccessToken": "<token>" } into the secret ${secretId} in Secrets Manager.`,
  );
}
