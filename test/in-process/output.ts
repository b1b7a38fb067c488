import { AsyncLocalStorage } from 'node:async_hooks';

/** What a part of this process writes. */
export interface CapturedOutput {
  /** Runs something, whose output is captured, also what it does later. */
  during<T>(run: () => T): T;
  /** Drops what is written from now on. */
  end(): void;
}

const streams = [process.stdout, process.stderr];
const writers = new AsyncLocalStorage<(text: Uint8Array | string) => void>();
const open = new Set<CapturedOutput>();
let restore: () => void = () => undefined;

/**
 * Captures what is written to stdout and stderr: Powertools has a console of its own there, and a function in this
 * process shares it with the test runner. The streams are themselves again once nothing is captured any more.
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

/** Makes the streams look for whose output it is. Answers how to undo that. */
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
