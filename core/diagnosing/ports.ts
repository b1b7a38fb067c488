import type { Webhook } from '../webhook.ts';

/** What came back when our own endpoint was called as Asana would. */
export interface ProbeAnswer {
  /** The HTTP status, or nothing where there was no answer. */
  readonly status?: number;
  /** The value of `X-Hook-Secret` in the answer. */
  readonly secret?: string;
  /** Whether the answer has a body; our endpoint's answer to a handshake has none. */
  readonly hasBody?: boolean;
  /** Our own reason for a refusal, by which our endpoint is known. */
  readonly reason?: string;
  /** Why there was no answer, as in `ECONNREFUSED`. */
  readonly code?: string;
}

/** Sends a handshake to an address. Throws nothing. */
export type Probe = (target: string, secret: string) => Promise<ProbeAnswer>;

/** The registry as far as a probe needs it. Storage failures throw StorageUnavailable. */
export interface ProbeRegistry {
  /** Adds a row, which expires at `keepUntil`. */
  add(webhook: Webhook, keepUntil: Date): Promise<void>;
  remove(hookKey: string): Promise<void>;
}
