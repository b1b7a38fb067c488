import type { Clock } from '../clock.ts';
import type { Hook } from '../hook.ts';
import type { EncryptionKeys } from '../hook-secret.ts';
import { encryptSecret } from '../hook-secret.ts';
import type { ReceiverRegistry } from './ports.ts';
import type { Refusal, RefusalReason } from './refusal.ts';

/** The outcome of a handshake: the secret to echo, or a refusal. */
export type HandshakeOutcome = { readonly kind: 'handshake'; readonly secret: string } | Refusal;

/**
 * Asana documents no form for the secret. Secrets of 32 and 64 hexadecimal digits and a longer printable text
 * were observed. A shorter text would be too weak as a key; a longer or unprintable text is not a secret.
 */
const secretForm = /^[\x21-\x7e]{16,512}$/;

/**
 * Accepts a handshake and stores the encrypted secret in one conditional write. If two handshakes arrive,
 * only the first one counts, and the secret of a confirmed webhook never changes.
 */
export async function takeHandshake(
  hookKey: string,
  secret: string,
  {
    registry,
    encryptionKeys,
    now,
  }: { registry: ReceiverRegistry; encryptionKeys: EncryptionKeys; now: Clock },
): Promise<HandshakeOutcome> {
  if (!secretForm.test(secret)) return { kind: 'refused', reason: 'malformed-secret' };
  const encryptedSecret = encryptSecret(secret, hookKey, await encryptionKeys.current());
  const at = now();
  const result = await registry.storeSecret(hookKey, encryptedSecret, at);
  if (result.stored) return { kind: 'handshake', secret };
  const { webhook } = result;
  return { kind: 'refused', reason: whyNotStored(webhook, at), webhook };
}

function whyNotStored(webhook: Hook | undefined, at: Date): RefusalReason {
  if (webhook === undefined) return 'unknown-webhook';
  if (webhook.status === 'deleted') return 'deleted-webhook';
  if (webhook.status !== 'registering') return 'handshake-after-confirmation';
  if (webhook.windowClosesAt <= at) return 'handshake-window-closed';
  return 'handshake-with-another-secret';
}
