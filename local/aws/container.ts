import { Worker } from 'node:worker_threads';
import { type Platform, platform } from '../../functions/runtime/platform.ts';
import {
  exited,
  type InvocationMessage,
  type InvocationResult,
  newRequestId,
  type Outcome,
  resultOf,
  timedOut,
} from './invocation.ts';

/** A container of a function. It runs one invocation at a time. */
export interface Container {
  /** Whether the container has ended, after a crash or a timeout. */
  readonly isDead: boolean;
  /** @param payload JSON */
  invoke(payload: string): Promise<InvocationResult>;
  close(): Promise<void>;
}

export interface ContainerOptions {
  readonly functionName: string;
  readonly functionArn: string;
  /** The module that exports `handler`. */
  readonly handlerUrl: URL;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Schedules the end of an invocation that takes too long. @default - the clock of the machine */
  readonly schedule?: Platform['schedule'];
  readonly onLog: (line: string) => void;
}

/**
 * Starts a container. The container is a worker thread with its own environment. The output of the function
 * goes to `onLog`, line by line.
 */
export function startContainer(options: ContainerOptions): Container {
  const { timeoutMs, schedule = platform.schedule } = options;
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
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', linesTo(options.onLog));
  let isDead = false;
  worker.once('exit', () => {
    isDead = true;
  });

  async function invoke(payload: string): Promise<InvocationResult> {
    const requestId = newRequestId();
    const message: InvocationMessage = { payload, requestId, deadlineMs: Date.now() + timeoutMs };
    const outcome = await new Promise<Outcome>((resolve) => {
      const settle = (outcome: Outcome) => {
        forget();
        worker.off('message', settle);
        worker.off('error', onError);
        worker.off('exit', onExit);
        resolve(outcome);
      };
      const onError = ({ name, message }: Error) =>
        settle({ ok: false, failure: { errorType: name, errorMessage: message } });
      const onExit = (code: number) => settle(exited(requestId, code));
      const forget = schedule(timeoutMs, () => {
        // Lambda also ends the container, even if code still runs in it.
        void worker.terminate();
        isDead = true;
        settle(timedOut(requestId, timeoutMs));
      });
      worker.on('message', settle);
      worker.once('error', onError);
      worker.once('exit', onExit);
      worker.postMessage(message);
    });
    return resultOf(outcome, requestId);
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

/** Returns a function that accepts chunks of text and passes every complete line to `onLine`. */
export function linesTo(onLine: (line: string) => void): (chunk: Uint8Array | string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
}
