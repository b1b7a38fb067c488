import type { Hook } from '../hook.ts';
import type { EncryptionKeys } from '../hook-secret.ts';
import { decryptSecret, keyVersionOf } from '../hook-secret.ts';
import type { ArrivalKind, ReceiverRegistry } from './ports.ts';

/** A webhook with its decrypted secret, ready to verify a delivery. */
export interface VerifiableHook {
  readonly webhook: Hook;
  readonly secret?: string;
  /**
   * When each kind of delivery was last noted, as far as this container knows. It is changed in place. A new cache
   * entry would restart the time to live, so a busy webhook would never be read again, and its deletion would not be
   * noticed.
   */
  readonly arrivals: { [Kind in ArrivalKind]?: Date };
}

/** A cache with a maximum size and a time to live. `null` means that the hook key is known not to exist. */
export interface HookCache {
  get(hookKey: string): VerifiableHook | null | undefined;
  set(hookKey: string, known: VerifiableHook | null): void;
  delete(hookKey: string): void;
}

/** Finds webhooks by hook key, in the cache if possible. */
export interface HookLookup {
  /** With `fresh`, reads the registry even if the webhook is in the cache. */
  find(hookKey: string, how?: { readonly fresh: boolean }): Promise<VerifiableHook | undefined>;
  /** Whether `find` would return a webhook for this hook key from the cache. */
  remembers(hookKey: string): boolean;
  forget(hookKey: string): void;
}

export function createHookLookup(
  registry: ReceiverRegistry,
  encryptionKeys: EncryptionKeys,
  cache: HookCache,
): HookLookup {
  async function read(hookKey: string): Promise<VerifiableHook | undefined> {
    const webhook = await registry.find(hookKey);
    if (webhook === undefined) {
      cache.set(hookKey, null);
      return undefined;
    }
    const known = await open(webhook, encryptionKeys);
    // A registering webhook is not cached, because it soon changes: its secret arrives, then its
    // confirmation.
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

async function open(webhook: Hook, encryptionKeys: EncryptionKeys): Promise<VerifiableHook> {
  const { encryptedSecret, lastDeliveryAt, lastHeartbeatAt } = webhook;
  const arrivals = { events: lastDeliveryAt, heartbeat: lastHeartbeatAt };
  if (encryptedSecret === undefined) return { webhook, arrivals };
  const key = await encryptionKeys.version(keyVersionOf(encryptedSecret));
  return { webhook, secret: decryptSecret(encryptedSecret, webhook.hookKey, key), arrivals };
}
