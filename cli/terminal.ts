import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A stream that a person may be looking at. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What the command line takes from its process. Tests bring their own. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Screen;
  readonly stderr: Screen;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  /** Aborts when the person presses Ctrl-C, or the process is asked to end. */
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
