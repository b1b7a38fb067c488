import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { InvocationMessage } from './container-worker.ts';

/** An invocation's error, as Lambda's Node.js runtime passes it on. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What came of an invocation. */
export type InvocationResult =
  | { readonly ok: true; readonly value: unknown; readonly requestId: string }
  | { readonly ok: false; readonly failure: FunctionFailure; readonly requestId: string };

export interface ContainerOptions {
  readonly functionName: string;
  readonly functionArn: string;
  /** The module that exports `handler`. */
  readonly handlerUrl: URL;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly onLog: (line: string) => void;
}

/** One container of a function: a worker thread with an environment of its own, one invocation at a time. */
export interface Container {
  /** Whether it is gone, after a crash or a timeout. */
  readonly isDead: boolean;
  invoke(payload: unknown): Promise<InvocationResult>;
  close(): Promise<void>;
}

/** Starts a container. What the function writes goes to `onLog`, line by line. */
export function startContainer(options: ContainerOptions): Container {
  const worker = new Worker(new URL('./container-worker.ts', import.meta.url), {
    env: { ...options.environment },
    workerData: {
      handlerUrl: options.handlerUrl.href,
      functionName: options.functionName,
      functionArn: options.functionArn,
    },
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) forwardLines(stream, options.onLog);
  let isDead = false;
  worker.once('exit', () => {
    isDead = true;
  });

  async function invoke(payload: unknown): Promise<InvocationResult> {
    const requestId = randomUUID();
    const message: InvocationMessage = { payload, requestId, deadlineMs: Date.now() + options.timeoutMs };
    const result = await new Promise<Omit<InvocationResult, 'requestId'>>((resolve) => {
      const settle = (outcome: Omit<InvocationResult, 'requestId'>) => {
        clearTimeout(timer);
        worker.off('message', settle);
        worker.off('error', onError);
        worker.off('exit', onExit);
        resolve(outcome);
      };
      const onError = (error: Error) => settle(failed(error.name, error.message));
      const onExit = (code: number) =>
        settle(
          failed(
            'Runtime.ExitError',
            `RequestId: ${requestId} Error: Runtime exited with error: exit status ${code}`,
          ),
        );
      const timer = setTimeout(() => {
        // Lambda ends the container as well, whatever still runs in it.
        void worker.terminate();
        isDead = true;
        settle(
          failed(
            'Sandbox.Timedout',
            `RequestId: ${requestId} Error: Task timed out after ${(options.timeoutMs / 1000).toFixed(2)} seconds`,
          ),
        );
      }, options.timeoutMs);
      worker.on('message', settle);
      worker.once('error', onError);
      worker.once('exit', onExit);
      worker.postMessage(message);
    });
    return { ...result, requestId } as InvocationResult;
  }

  return {
    get isDead() {
      return isDead;
    },
    invoke,
    async close() {
      await worker.terminate();
    },
  };
}

function failed(errorType: string, errorMessage: string): Omit<InvocationResult, 'requestId'> {
  return { ok: false, failure: { errorType, errorMessage } } as Omit<InvocationResult, 'requestId'>;
}

function forwardLines(stream: NodeJS.ReadableStream, onLog: (line: string) => void): void {
  let rest = '';
  stream.on('data', (chunk: Buffer | string) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLog(line);
  });
}
