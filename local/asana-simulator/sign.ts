import { createHmac, randomBytes } from 'node:crypto';

/** Returns a new hook secret: lower-case hexadecimal digits. */
export function newSecret(length: number): string {
  return randomBytes(length / 2).toString('hex');
}

/** Returns the value of `X-Hook-Signature`: HMAC-SHA256 of the body in hexadecimal. The key is the secret as text. */
export function signatureOf(secret: string, body: string): string {
  return createHmac('sha256', Buffer.from(secret, 'ascii')).update(body, 'utf8').digest('hex');
}
