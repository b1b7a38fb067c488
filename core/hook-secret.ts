import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** One version of the encryption key. `material` is text with at least 256 bits of entropy. */
export interface EncryptionKey {
  readonly version: string;
  readonly material: string;
}

/** The versions of the encryption key. */
export interface EncryptionKeys {
  current(): Promise<EncryptionKey>;
  /** @throws StorageUnavailable if there is no such version. */
  version(version: string): Promise<EncryptionKey>;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a hook secret with AES-256-GCM, bound to its hook key. Returns `<key version>.<base64url of nonce,
 * tag and ciphertext>`.
 *
 * The nonce is derived from the hook key and the secret with a separate key, so the same secret for the same
 * hook key gives the same text. A repeated handshake can therefore be recognised inside one conditional
 * write. A nonce repeats only if the whole message repeats, which GCM permits.
 */
export function encryptSecret(secret: string, hookKey: string, key: EncryptionKey): string {
  const nonce = createHmac('sha256', derive(key, 'nonce'))
    .update(`${hookKey}\n${secret}`)
    .digest()
    .subarray(0, nonceBytes);
  const encryptor = createCipheriv(cipher, derive(key, 'encryption'), nonce).setAAD(Buffer.from(hookKey));
  const ciphertext = Buffer.concat([encryptor.update(secret, 'utf8'), encryptor.final()]);
  return `${key.version}.${Buffer.concat([nonce, encryptor.getAuthTag(), ciphertext]).toString('base64url')}`;
}

/** The version of the key that encrypted this text. */
export function keyVersionOf(encrypted: string): string {
  return encrypted.slice(0, encrypted.lastIndexOf('.'));
}

/**
 * Decrypts a text that `encryptSecret` returned.
 *
 * @throws Error if the text was encrypted for another hook key or with another key, or was changed.
 */
export function decryptSecret(encrypted: string, hookKey: string, key: EncryptionKey): string {
  const bytes = Buffer.from(encrypted.slice(encrypted.lastIndexOf('.') + 1), 'base64url');
  const nonce = bytes.subarray(0, nonceBytes);
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
  const ciphertext = bytes.subarray(nonceBytes + tagBytes);
  try {
    const decryptor = createDecipheriv(cipher, derive(key, 'encryption'), nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(hookKey))
      .setAuthTag(tag);
    return Buffer.concat([decryptor.update(ciphertext), decryptor.final()]).toString('utf8');
  } catch (cause) {
    throw new Error(
      `Cannot decrypt a hook secret: it was encrypted for another webhook, with a key other than version ${key.version}, or it was changed`,
      { cause },
    );
  }
}

/** Whether two secrets are the same text. The comparison takes constant time for texts of the same length. */
export function isSameSecret(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function derive(key: EncryptionKey, purpose: 'nonce' | 'encryption'): Buffer {
  return Buffer.from(hkdfSync('sha256', key.material, '', `asana-webhooks hook secret ${purpose}`, 32));
}
