import { describe, expect, it } from 'vitest';
import { newHookKey } from '../../core/hook.ts';
import { decryptSecret, encryptSecret, keyVersionOf } from '../../core/hook-secret.ts';
import { encryptionKey } from '../memory/encryption-keys.ts';

const secret = 'b537207f20cbfa02357cf448134da559';
const hookKey = newHookKey();

describe('encryptSecret()', () => {
  it('returns a text that decrypts to the secret, for secrets of any length', () => {
    for (const text of [secret, 'x'.repeat(16), 'y'.repeat(512)]) {
      expect(decryptSecret(encryptSecret(text, hookKey, encryptionKey), hookKey, encryptionKey)).toBe(text);
    }
  });

  it('returns a text that does not contain the secret', () => {
    const encrypted = encryptSecret(secret, hookKey, encryptionKey);
    const bytes = Buffer.from(encrypted.slice(encrypted.indexOf('.') + 1), 'base64url');
    expect(encrypted).not.toContain(secret);
    expect(bytes.includes(secret.slice(0, 8))).toBe(false);
  });

  it('returns the same text for the same secret and hook key, to recognise a repeated handshake', () => {
    expect(encryptSecret(secret, hookKey, encryptionKey)).toBe(encryptSecret(secret, hookKey, encryptionKey));
  });

  it('uses another nonce for another secret, hook key or key', () => {
    const nonceOf = (encrypted: string) => encrypted.slice(2, 18);
    const nonces = [
      encryptSecret(secret, hookKey, encryptionKey),
      encryptSecret(`${secret}0`, hookKey, encryptionKey),
      encryptSecret(secret, newHookKey(), encryptionKey),
      encryptSecret(secret, hookKey, { ...encryptionKey, material: `${encryptionKey.material}0` }),
    ].map(nonceOf);
    expect(new Set(nonces).size).toBe(4);
  });

  it('writes the version of the encryption key into the text', () => {
    expect(keyVersionOf(encryptSecret(secret, hookKey, { ...encryptionKey, version: '2026-11' }))).toBe(
      '2026-11',
    );
    expect(keyVersionOf(encryptSecret(secret, hookKey, { ...encryptionKey, version: 'a.b' }))).toBe('a.b');
  });
});

describe('decryptSecret()', () => {
  it('refuses a text that was encrypted for another webhook', () => {
    expect(() =>
      decryptSecret(encryptSecret(secret, hookKey, encryptionKey), newHookKey(), encryptionKey),
    ).toThrow('Cannot decrypt a hook secret');
  });

  it('refuses a text that was encrypted with another key', () => {
    const other = { ...encryptionKey, material: 'another key entirely, of the same length' };
    expect(() => decryptSecret(encryptSecret(secret, hookKey, other), hookKey, encryptionKey)).toThrow();
  });

  it('refuses a text with any byte changed', () => {
    const encrypted = encryptSecret(secret, hookKey, encryptionKey);
    const bytes = Buffer.from(encrypted.slice(2), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const tampered = Buffer.from(bytes);
      tampered.writeUInt8(bytes.readUInt8(index) ^ 1, index);
      expect(() => decryptSecret(`1.${tampered.toString('base64url')}`, hookKey, encryptionKey)).toThrow();
    }
  });

  it('refuses a shortened text', () => {
    const encrypted = encryptSecret(secret, hookKey, encryptionKey);
    for (let length = 0; length < encrypted.length - 1; length += 1) {
      expect(() => decryptSecret(encrypted.slice(0, length), hookKey, encryptionKey)).toThrow();
    }
  });

  it('does not quote the secret or the key when it fails', () => {
    try {
      decryptSecret(encryptSecret(secret, newHookKey(), encryptionKey), hookKey, encryptionKey);
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain(secret);
      expect(String(error)).not.toContain(encryptionKey.material);
    }
  });
});
