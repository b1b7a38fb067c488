import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { vi } from 'vitest';

const started: ChildProcess[] = [];

/** Kills every process that a test has started, in any state. */
export function endStarted(): void {
  for (const child of started.splice(0)) child.kill('SIGKILL');
}

export interface Started {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
}

/** Runs the program of `npm start` without npm, as a person would. */
export function start(args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../local/main.ts'), ...args], {
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env },
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { child, output, ended };
}

export type Ready = Record<'api' | 'lambda' | 'asana' | 'token' | 'workspace' | 'project', string>;

/** Returns the line that `--json` prints when every service listens. */
export function readyLine({ output }: Started): Promise<Ready> {
  return vi.waitFor(
    () => {
      const line = output.stdout.split('\n').find((text) => text.startsWith('{"ready":true'));
      if (line === undefined) throw new Error(`not ready yet: ${output.stderr}`);
      return JSON.parse(line) as Ready;
    },
    { timeout: 60_000 },
  );
}

/** Waits for the end of the story. Local mode keeps running after the story. */
export function untilStaying({ output }: Started): Promise<void> {
  return vi.waitFor(
    () => {
      if (!(output.stdout + output.stderr).includes('Try next')) throw new Error('not staying yet');
    },
    { timeout: 60_000 },
  );
}
