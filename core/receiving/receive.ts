import type { Schedule } from '../clock.ts';
import { StorageUnavailable } from '../errors.ts';
import type { EncryptionKeys } from '../hook-secret.ts';
import { isHookKey } from '../webhook.ts';
import {
  type DeliveryOutcome,
  type DeliveryRequest,
  type DeliveryServices,
  takeDelivery,
} from './delivery.ts';
import { type HandshakeOutcome, takeHandshake } from './handshake.ts';

/** A request at our endpoint, in exact bytes. */
export interface ReceiveRequest extends DeliveryRequest {
  readonly method: string;
  /** The value of `X-Hook-Secret`; its presence makes the request a handshake, whatever else it carries. */
  readonly secret: string | undefined;
}

/** What came of a request. */
export type ReceiveOutcome = HandshakeOutcome | DeliveryOutcome;

export interface ReceiveServices extends DeliveryServices {
  readonly encryptionKeys: EncryptionKeys;
  readonly schedule: Schedule;
}

/** A delivery of 1,000 events has about 370 KB; Lambda takes 6 MB with the body in base64 (Lambda quotas). */
export const maxBodyBytes = 4 * 1024 * 1024;

/**
 * Takes a handshake or a delivery. What is expected to go wrong comes back as a refusal with its reason;
 * storage that fails, or is not done by the deadline, is one of them, so nothing is acknowledged that is not
 * stored.
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
