import type { Schedule } from '../clock.ts';
import { StorageUnavailable } from '../errors.ts';
import { isHookKey } from '../hook.ts';
import type { EncryptionKeys } from '../hook-secret.ts';
import {
  type DeliveryOutcome,
  type DeliveryRequest,
  type DeliveryServices,
  takeDelivery,
} from './delivery.ts';
import { type HandshakeOutcome, takeHandshake } from './handshake.ts';

/** A request at our endpoint, with the exact bytes of its body. */
export interface ReceiveRequest extends DeliveryRequest {
  readonly method: string;
  /**
   * The value of `X-Hook-Secret`. A request with this header is a handshake, whatever its other headers are.
   */
  readonly secret: string | undefined;
}

/** The outcome of a request. */
export type ReceiveOutcome = HandshakeOutcome | DeliveryOutcome;

export interface ReceiveServices extends DeliveryServices {
  readonly encryptionKeys: EncryptionKeys;
  readonly schedule: Schedule;
}

/**
 * A delivery of 1,000 events has about 370 KB. Lambda accepts 6 MB with the body in base64 (Lambda quotas).
 */
export const maxBodyBytes = 4 * 1024 * 1024;

/**
 * Processes a handshake or a delivery. Expected failures are returned as a refusal with a reason. Storage
 * that fails or does not finish before the deadline is also a refusal, so only stored events are
 * acknowledged.
 */
export async function receive(request: ReceiveRequest, services: ReceiveServices): Promise<ReceiveOutcome> {
  let cancel = () => {};
  const tooSlow = new Promise<ReceiveOutcome>((resolve) => {
    cancel = services.schedule(request.time.leftMs(), () =>
      resolve({ kind: 'refused', reason: 'storage-slow' }),
    );
  });
  try {
    return await Promise.race([take(request, services), tooSlow]);
  } catch (error) {
    if (error instanceof StorageUnavailable) {
      return { kind: 'refused', reason: 'storage-failed', detail: error.message };
    }
    throw error;
  } finally {
    cancel();
  }
}

async function take(request: ReceiveRequest, services: ReceiveServices): Promise<ReceiveOutcome> {
  const { method, hookKey, secret, body } = request;
  if (method !== 'POST') return { kind: 'refused', reason: 'wrong-method' };
  if (!isHookKey(hookKey)) return { kind: 'refused', reason: 'unknown-webhook' };
  if (secret !== undefined) {
    const outcome = await takeHandshake(hookKey, secret, services);
    if (outcome.kind === 'handshake') services.lookup.forget(hookKey);
    return outcome;
  }
  if (body.byteLength > maxBodyBytes) return { kind: 'refused', reason: 'body-too-large' };
  return takeDelivery(request, services);
}
