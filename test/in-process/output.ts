import { AsyncLocalStorage } from 'node:async_hooks';

/** The output of a part of this process. */
export interface CapturedOutput {
  /** Runs a function and captures its output, also the output of what it starts. */
  during<T>(run: () => T): T;
  /** Drops the output from now on. */
  end(): void;
}

const streams = [process.stdout, process.stderr];
const writers = new AsyncLocalStorage<(text: Uint8Array | string) => void>();
const open = new Set<CapturedOutput>();
let restore: () => void = () => undefined;

/**
 * Captures stdout and stderr. Powertools writes there with a console of its own, and a function in this process shares
 * both streams with the test runner. The streams are restored when the last capture ends.
 */
export function captureOutput(onWrite: (text: Uint8Array | string) => void): CapturedOutput {
  if (open.size === 0) restore = divert();
  let isEnded = false;
  const output: CapturedOutput = {
    during: (run) =>
      writers.run((text) => {
        if (!isEnded) onWrite(text);
      }, run),
    end() {
      isEnded = true;
      if (open.delete(output) && open.size === 0) restore();
    },
  };
  open.add(output);
  return output;
}

/** Sends the output of a captured part to its capture. Returns a function that restores the streams. */
function divert(): () => void {
  const originals = streams.map((stream) => stream.write);
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = (...args: unknown[]) => {
      const writer = writers.getStore();
      if (writer === undefined) return write(...args);
      writer(args[0] as Uint8Array | string);
      return true;
    };
  }
  return () => {
    for (const [index, stream] of streams.entries()) stream.write = originals[index] as typeof stream.write;
  };
}
