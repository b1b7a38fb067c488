import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { StorageUnavailable } from '../../core/errors.ts';
import type { SealingKey } from '../../core/hook-secret.ts';
import type { SealingKeys } from '../../core/subscriptions/ports.ts';
import { storageCall } from './storage-call.ts';

type KeyRing = Readonly<Record<string, string>>;

/**
 * The sealing key in Secrets Manager: `{ "current": "<version>", "<version>": "<random text>", … }`. To rotate
 * it, add a version and name it as current; older versions stay for what they sealed.
 *
 * The ring is read once and kept; a version that is not in it makes it be read once more, since the key may
 * have been rotated meanwhile.
 */
export function createSealingKeys(client: Pick<SecretsManagerClient, 'send'>, secretId: string): SealingKeys {
  let ring: KeyRing | undefined;

  async function read(): Promise<KeyRing> {
    const { SecretString } = await storageCall('read the sealing key', () =>
      client.send(new GetSecretValueCommand({ SecretId: secretId })),
    );
    ring = parseRing(SecretString);
    return ring;
  }

  function pick(from: KeyRing, version: string): SealingKey | undefined {
    const material = from[version];
    return material === undefined ? undefined : { version, material };
  }

  async function version(wanted: string): Promise<SealingKey> {
    const key = (ring && pick(ring, wanted)) ?? pick(await read(), wanted);
    if (key === undefined) throw new StorageUnavailable(`The sealing key has no version ${wanted}`);
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
  throw new StorageUnavailable('The sealing key is not `{ "current": "1", "1": "…" }`');
}
