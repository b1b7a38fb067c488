import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { vi } from 'vitest';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<Ran>;
  kill(signal: NodeJS.Signals): void;
  /** Stops reading, as `head` does. */
  closeOutput(): void;
}

/** Starts the command line in its own process, without a terminal. */
export function start(
  args: readonly string[],
  {
    stdin = '',
    env = {},
  }: { readonly stdin?: string; readonly env?: Record<string, string | undefined> } = {},
): Running {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../cli/main.ts'), ...args], {
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return {
    output,
    ended,
    kill: (signal) => void child.kill(signal),
    closeOutput: () => void child.stdout.destroy(),
  };
}

export function run(args: readonly string[], options?: Parameters<typeof start>[1]): Promise<Ran> {
  return start(args, options).ended;
}

/** Waits for the address that `connect --oauth` shows, where a person grants access. */
export function authorizationAddress({ output }: Running): Promise<string> {
  return vi.waitFor(
    () => {
      const found = /http\S+oauth_authorize\S+/.exec(output.stderr)?.[0];
      if (found === undefined) throw new Error('no address yet');
      return found;
    },
    { timeout: 60_000 },
  );
}
