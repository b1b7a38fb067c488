import { createHmac, timingSafeEqual } from 'node:crypto';

const signatureForm = /^[0-9a-f]{64}$/i;

/**
 * Whether `signature` (the value of `X-Hook-Signature`) is the signature of exactly these bytes with the hook
 * secret.
 *
 * Asana signs with HMAC-SHA256, uses the text of the secret as the key, and sends lower-case hexadecimal
 * without a prefix (Asana's webhooks guide, "Security"). Upper case means the same bytes and is accepted. The
 * comparison takes constant time.
 */
export function isSignedWith(secret: string, body: Uint8Array, signature: string): boolean {
  if (!signatureForm.test(signature)) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}
