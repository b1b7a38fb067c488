import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A stream that may be a terminal. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What the command line needs from its process. Tests replace it. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  /** Calls the listener on Ctrl-C (SIGINT) or SIGTERM. */
  onInterrupt(listener: () => void): void;
}

/** The process's own terminal. */
export const terminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => new Date(),
  sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }).catch(() => undefined),
  onInterrupt(listener) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, listener);
  },
};
