import type { Hook } from '../hook.ts';

/** The answer to a handshake that was sent to our own endpoint. */
export interface ProbeAnswer {
  /** The HTTP status; absent if there was no answer. */
  readonly status?: number;
  /** The value of `X-Hook-Secret` in the answer. */
  readonly secret?: string;
  /** Whether the answer has a body. Our endpoint's answer to a handshake has no body. */
  readonly hasBody?: boolean;
  /** The reason of a refusal. It shows that our endpoint answered, and not another server. */
  readonly reason?: string;
  /** Why there was no answer, for example `ECONNREFUSED`. */
  readonly code?: string;
}

/** Sends a handshake to an address. Never throws. */
export type Probe = (target: string, secret: string) => Promise<ProbeAnswer>;

/** The part of the registry that a probe needs. Storage failures throw StorageUnavailable. */
export interface ProbeRegistry {
  /** Adds a hook whose row expires at `keepUntil`. */
  addHook(hook: Hook, keepUntil: Date): Promise<boolean>;
  removeHook(hook: Hook): Promise<void>;
}
