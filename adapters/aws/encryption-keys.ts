import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { StorageUnavailable } from '../../core/errors.ts';
import type { EncryptionKey, EncryptionKeys } from '../../core/hook-secret.ts';
import { storageCall } from './storage-call.ts';

type KeyRing = Readonly<Record<string, string>>;

/**
 * The encryption key in Secrets Manager: `{ "current": "<version>", "<version>": "<random text>", … }`. To rotate
 * it, add a version and name it as current; older versions stay for what they encrypted.
 *
 * The ring is read once and kept; a version that is not in it makes it be read once more, since the key may
 * have been rotated meanwhile.
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
    // Said below; the parser's own message would quote the secret.
  }
  throw new StorageUnavailable('The encryption key is not `{ "current": "1", "1": "…" }`');
}
