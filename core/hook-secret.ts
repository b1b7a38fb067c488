import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

/** One version of the sealing key. `material` is text with at least 256 bits of entropy. */
export interface SealingKey {
  readonly version: string;
  readonly material: string;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals a hook secret with AES-256-GCM, bound to its hook key, as `<key version>.<base64url of nonce, tag
 * and ciphertext>`.
 *
 * The nonce is derived from the hook key and the secret with a key of its own, so the same secret for the
 * same hook key gives the same text: a repeated handshake is then recognised inside one conditional write.
 * A nonce repeats only where the whole message does, which GCM permits.
 */
export function seal(secret: string, hookKey: string, key: SealingKey): string {
  const nonce = createHmac('sha256', derive(key, 'nonce'))
    .update(`${hookKey}\n${secret}`)
    .digest()
    .subarray(0, nonceBytes);
  const sealer = createCipheriv(cipher, derive(key, 'seal'), nonce).setAAD(Buffer.from(hookKey));
  const ciphertext = Buffer.concat([sealer.update(secret, 'utf8'), sealer.final()]);
  return `${key.version}.${Buffer.concat([nonce, sealer.getAuthTag(), ciphertext]).toString('base64url')}`;
}

/** The key version that sealed this text. */
export function sealedWith(sealed: string): string {
  return sealed.slice(0, sealed.lastIndexOf('.'));
}

/**
 * Opens what `seal` made.
 *
 * @throws Error when the text was sealed for another hook key, with another key, or was changed.
 */
export function unseal(sealed: string, hookKey: string, key: SealingKey): string {
  const bytes = Buffer.from(sealed.slice(sealed.lastIndexOf('.') + 1), 'base64url');
  const nonce = bytes.subarray(0, nonceBytes);
  const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
  const ciphertext = bytes.subarray(nonceBytes + tagBytes);
  try {
    const opener = createDecipheriv(cipher, derive(key, 'seal'), nonce, { authTagLength: tagBytes })
      .setAAD(Buffer.from(hookKey))
      .setAuthTag(tag);
    return Buffer.concat([opener.update(ciphertext), opener.final()]).toString('utf8');
  } catch (cause) {
    throw new Error(
      `Cannot open a sealed hook secret: it was sealed for another webhook, with another key than version ${key.version}, or was changed`,
      { cause },
    );
  }
}

function derive(key: SealingKey, purpose: 'nonce' | 'seal'): Buffer {
  return Buffer.from(hkdfSync('sha256', key.material, '', `asana-webhooks hook secret ${purpose}`, 32));
}
