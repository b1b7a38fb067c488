import type { EncryptionKeys } from '../hook-secret.ts';
import { decryptSecret, keyVersionOf } from '../hook-secret.ts';
import type { Webhook } from '../webhook.ts';
import type { ReceiverRegistry } from './ports.ts';

/** A webhook with its secret opened, ready to verify a delivery. */
export interface VerifiableWebhook {
  readonly webhook: Webhook;
  readonly secret?: string;
  /**
   * When liveness was last written, as far as this container knows. The one thing that changes in memory: to
   * put the webhook into the cache anew would make it young again, and a deletion would never be seen.
   */
  lastDeliveryAt?: Date;
}

/** A memory with bounds in size and time. `null` remembers that a hook key is unknown. */
export interface WebhookCache {
  get(hookKey: string): VerifiableWebhook | null | undefined;
  set(hookKey: string, known: VerifiableWebhook | null): void;
  delete(hookKey: string): void;
}

/** Finds webhooks by hook key, in memory where it can. */
export interface WebhookLookup {
  /** `fresh` asks the registry even if the webhook is in memory. */
  find(hookKey: string, how?: { readonly fresh: boolean }): Promise<VerifiableWebhook | undefined>;
  /** Whether `find` would answer this known webhook from memory. */
  remembers(hookKey: string): boolean;
  forget(hookKey: string): void;
}

export function createWebhookLookup(
  registry: ReceiverRegistry,
  encryptionKeys: EncryptionKeys,
  cache: WebhookCache,
): WebhookLookup {
  async function read(hookKey: string): Promise<VerifiableWebhook | undefined> {
    const webhook = await registry.find(hookKey);
    if (webhook === undefined) {
      cache.set(hookKey, null);
      return undefined;
    }
    const known = await open(webhook, encryptionKeys);
    // A registering webhook is about to change: its secret arrives, then its confirmation.
    if (webhook.status !== 'registering') cache.set(hookKey, known);
    return known;
  }

  return {
    async find(hookKey, { fresh } = { fresh: false }) {
      const remembered = fresh ? undefined : cache.get(hookKey);
      return remembered === undefined ? read(hookKey) : (remembered ?? undefined);
    },
    remembers: (hookKey) => Boolean(cache.get(hookKey)),
    forget: (hookKey) => cache.delete(hookKey),
  };
}

async function open(webhook: Webhook, encryptionKeys: EncryptionKeys): Promise<VerifiableWebhook> {
  const { encryptedSecret, lastDeliveryAt } = webhook;
  if (encryptedSecret === undefined) return { webhook };
  const key = await encryptionKeys.version(keyVersionOf(encryptedSecret));
  return { webhook, secret: decryptSecret(encryptedSecret, webhook.hookKey, key), lastDeliveryAt };
}
