import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { OAuthApp } from '../../core/connections/credentials.ts';
import { NamedError } from '../../core/errors.ts';
import { storageCall } from './storage-call.ts';

/** Reads the app's own credentials: `{ "clientId": "…", "clientSecret": "…" }`. Not cached, because rarely needed. */
export function createOAuthApp(client: SecretsManagerClient, secretId: string): () => Promise<OAuthApp> {
  return async () => {
    const text = await storageCall('read the secret of the OAuth app', async () => {
      try {
        return (await client.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    });
    const app = readApp(text ?? '');
    if (app !== undefined) return app;
    throw new NamedError(
      'OAuthNotConfigured',
      `There is no OAuth app: put { "clientId": "…", "clientSecret": "…" } of your app in Asana's developer console into the secret ${secretId}.`,
    );
  };
}

function readApp(text: string): OAuthApp | undefined {
  try {
    const { clientId, clientSecret } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
    const isWhole = typeof clientId === 'string' && typeof clientSecret === 'string';
    return isWhole && clientId && clientSecret ? { clientId, clientSecret } : undefined;
  } catch {
    // The parser's message would quote the secret.
    return undefined;
  }
}
