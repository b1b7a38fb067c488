import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { StorageUnavailable } from '../../core/errors.ts';
import type { EncryptionKey, EncryptionKeys } from '../../core/hook-secret.ts';
import { storageCall } from './storage-call.ts';

type KeyRing = Readonly<Record<string, string>>;

/**
 * The encryption key in Secrets Manager: `{ "current": "<version>", "<version>": "<random text>", … }`. To rotate
 * the key, add a version and set `current` to this version. Keep the older versions: they are needed for the
 * secrets that they encrypted.
 *
 * The key ring is read once and cached. If a version is not in the cached key ring, the key ring is read again, because
 * the key may have been rotated since the last read.
 */
export function createEncryptionKeys(
  client: Pick<SecretsManagerClient, 'send'>,
  secretId: string,
): EncryptionKeys {
  let ring: KeyRing | undefined;

  async function read(): Promise<KeyRing> {
    const { SecretString } = await storageCall('read the encryption key', () =>
      client.send(new GetSecretValueCommand({ SecretId: secretId })),
    );
    ring = parseRing(SecretString);
    return ring;
  }

  function pick(from: KeyRing, version: string): EncryptionKey | undefined {
    const material = from[version];
    return material === undefined ? undefined : { version, material };
  }

  async function version(wanted: string): Promise<EncryptionKey> {
    const key = (ring && pick(ring, wanted)) ?? pick(await read(), wanted);
    if (key === undefined) throw new StorageUnavailable(`The encryption key has no version ${wanted}`);
    return key;
  }

  return {
    version,
    current: async () => version((ring ?? (await read())).current ?? 'current'),
  };
}

function parseRing(text: string | undefined): KeyRing {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    if (typeof parsed === 'object' && parsed !== null && 'current' in parsed) return parsed as KeyRing;
  } catch {
    // The error below replaces the parser's message, which would quote the secret.
  }
  throw new StorageUnavailable('The encryption key is not `{ "current": "1", "1": "…" }`');
}
