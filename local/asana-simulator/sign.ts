import { createHmac, randomBytes } from 'node:crypto';

/** A new hook secret: lower-case hexadecimal digits. */
export function newSecret(length: number): string {
  return randomBytes(length / 2).toString('hex');
}

/** The value of `X-Hook-Signature`: HMAC-SHA256 over the body, the secret taken as text, in hexadecimal. */
export function signatureOf(secret: string, body: string): string {
  return createHmac('sha256', Buffer.from(secret, 'ascii')).update(body, 'utf8').digest('hex');
}
