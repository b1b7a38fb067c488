import { describe, expect, it } from 'vitest';
import { seal, sealedWith, unseal } from '../../core/hook-secret.ts';
import { newHookKey } from '../../core/webhook.ts';
import { sealingKey } from '../memory/encryption-keys.ts';

const secret = 'b537207f20cbfa02357cf448134da559';
const hookKey = newHookKey();

describe('seal()', () => {
  it('opens to the secret, for secrets of any length', () => {
    for (const text of [secret, 'x'.repeat(16), 'y'.repeat(512)]) {
      expect(unseal(seal(text, hookKey, sealingKey), hookKey, sealingKey)).toBe(text);
    }
  });

  it('shows nothing of the secret', () => {
    const sealed = seal(secret, hookKey, sealingKey);
    const bytes = Buffer.from(sealed.slice(sealed.indexOf('.') + 1), 'base64url');
    expect(sealed).not.toContain(secret);
    expect(bytes.includes(secret.slice(0, 8))).toBe(false);
  });

  it('gives the same text for the same secret and hook key, so that a repeated handshake is recognised', () => {
    expect(seal(secret, hookKey, sealingKey)).toBe(seal(secret, hookKey, sealingKey));
  });

  it('uses another nonce for another secret, hook key or key', () => {
    const nonceOf = (sealed: string) => sealed.slice(2, 18);
    const nonces = [
      seal(secret, hookKey, sealingKey),
      seal(`${secret}0`, hookKey, sealingKey),
      seal(secret, newHookKey(), sealingKey),
      seal(secret, hookKey, { ...sealingKey, material: `${sealingKey.material}0` }),
    ].map(nonceOf);
    expect(new Set(nonces).size).toBe(4);
  });

  it('names the key version that sealed', () => {
    expect(sealedWith(seal(secret, hookKey, { ...sealingKey, version: '2026-11' }))).toBe('2026-11');
    expect(sealedWith(seal(secret, hookKey, { ...sealingKey, version: 'a.b' }))).toBe('a.b');
  });
});

describe('unseal()', () => {
  it('refuses what was sealed for another webhook', () => {
    expect(() => unseal(seal(secret, hookKey, sealingKey), newHookKey(), sealingKey)).toThrow(
      'Cannot open a sealed hook secret',
    );
  });

  it('refuses what was sealed with another key', () => {
    const other = { ...sealingKey, material: 'another key entirely, of the same length' };
    expect(() => unseal(seal(secret, hookKey, other), hookKey, sealingKey)).toThrow();
  });

  it('refuses a text with any byte changed', () => {
    const sealed = seal(secret, hookKey, sealingKey);
    const bytes = Buffer.from(sealed.slice(2), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const tampered = Buffer.from(bytes);
      tampered.writeUInt8(bytes.readUInt8(index) ^ 1, index);
      expect(() => unseal(`1.${tampered.toString('base64url')}`, hookKey, sealingKey)).toThrow();
    }
  });

  it('refuses a shortened text', () => {
    const sealed = seal(secret, hookKey, sealingKey);
    for (let length = 0; length < sealed.length - 1; length += 1) {
      expect(() => unseal(sealed.slice(0, length), hookKey, sealingKey)).toThrow();
    }
  });

  it('does not quote the secret or the key when it fails', () => {
    try {
      unseal(seal(secret, newHookKey(), sealingKey), hookKey, sealingKey);
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain(secret);
      expect(String(error)).not.toContain(sealingKey.material);
    }
  });
});
