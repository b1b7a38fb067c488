import { createDispatcher } from '../../functions/dispatcher/dispatcher.ts';
import { createExampleConsumer } from '../../functions/example-consumer/example-consumer.ts';
import { createManagement } from '../../functions/management/management.ts';
import { createOAuth } from '../../functions/oauth/oauth.ts';
import { createReceiver } from '../../functions/receiver/receiver.ts';
import type { AwsConfig, Platform } from '../../functions/runtime/platform.ts';
import { startPool } from '../../local/aws/function-host.ts';
import type { Handler } from '../../local/aws/invocation.ts';
import type { FunctionEnvironments, HostFunction } from '../../local/worker-hosts.ts';
import type { TestClock } from '../clock.ts';
import { startInProcessContainer } from './container.ts';

/** The factory of each function. */
const makers: {
  readonly [Folder in keyof FunctionEnvironments]: (
    env: FunctionEnvironments[Folder],
    platform: Platform,
  ) => (event: never, context: never) => Promise<unknown>;
} = {
  receiver: createReceiver,
  management: createManagement,
  dispatcher: createDispatcher,
  oauth: createOAuth,
  'example-consumer': createExampleConsumer,
};

export interface InProcessOptions {
  readonly clock: TestClock;
  readonly onLog: (line: string) => void;
  readonly endpoints: AwsConfig['endpoints'];
  readonly maxContainers?: number;
}

/** Hosts the functions in this process, on the test clock. A container is one instance of the function. */
export function createInProcessHosts({ maxContainers, ...options }: InProcessOptions): HostFunction {
  return (functionName, folder, timeoutMs, environment) =>
    startPool({ functionName, maxContainers }, (functionArn) =>
      startInProcessContainer({
        ...options,
        functionName,
        functionArn,
        timeoutMs,
        make: (platform) => makers[folder](environment, platform) as Handler,
      }),
    );
}
