import type { AwsConfig, Platform } from '../../functions/runtime/platform.ts';
import { type Container, linesTo } from '../../local/aws/container.ts';
import {
  exited,
  type Handler,
  newRequestId,
  type Outcome,
  resultOf,
  runHandler,
  timedOut,
} from '../../local/aws/invocation.ts';
import type { TestClock } from '../clock.ts';
import { captureOutput } from './output.ts';
import { createMortalPlatform } from './platform.ts';

export interface InProcessContainerOptions {
  readonly functionName: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  readonly clock: TestClock;
  readonly endpoints: AwsConfig['endpoints'];
  readonly onLog: (line: string) => void;
  readonly make: (platform: Platform) => Handler;
}

/** Starts a container in this process: an instance of the function, which can end like a killed process. */
export function startInProcessContainer(options: InProcessContainerOptions): Container {
  const { functionName, functionArn, timeoutMs, clock } = options;
  const { platform, end } = createMortalPlatform(clock, options.endpoints);
  const output = captureOutput(linesTo(options.onLog));
  const handler = output.during(() => options.make(platform));
  let isDead = false;
  let kill: () => void = () => undefined;

  function die(): void {
    isDead = true;
    end();
    output.end();
    kill();
  }

  return {
    get isDead() {
      return isDead;
    },
    async invoke(payload) {
      const requestId = newRequestId();
      const deadlineMs = clock.now().getTime() + timeoutMs;
      const killed = new Promise<Outcome>((resolve) => {
        kill = () => resolve(exited(requestId, 1));
      });
      let forget: () => void = () => undefined;
      const late = new Promise<Outcome>((resolve) => {
        forget = clock.schedule(timeoutMs, () => {
          resolve(timedOut(requestId, timeoutMs));
          // Lambda also ends the container, even if code still runs in it.
          die();
        });
      });
      const finished = output.during(() =>
        runHandler(handler, {
          functionName,
          functionArn,
          requestId,
          payload,
          remainingMs: () => deadlineMs - clock.now().getTime(),
        }),
      );
      const outcome = await Promise.race([finished, killed, late]);
      forget();
      return resultOf(outcome, requestId);
    },
    async close() {
      die();
    },
  };
}
