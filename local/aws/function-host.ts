import { localAccount, localAws } from './account.ts';
import { type Container, type ContainerOptions, startContainer } from './container.ts';
import { type InvocationResult, toJson, unreadable } from './invocation.ts';

export interface PoolOptions {
  readonly functionName: string;
  /** The limit of containers. A further invocation is throttled, as Lambda does at its concurrency limit. */
  readonly maxContainers?: number;
}

export interface FunctionHostOptions
  extends PoolOptions,
    Pick<ContainerOptions, 'handlerUrl' | 'environment' | 'timeoutMs' | 'schedule' | 'onLog'> {}

/**
 * A function as Lambda runs it. A container runs one invocation at a time. More containers start on demand.
 */
export interface FunctionHost {
  readonly functionName: string;
  readonly functionArn: string;
  /** Returns undefined if every container is busy or the host is closed. */
  invoke(payload: unknown): Promise<InvocationResult | undefined>;
  /** Ends every container like a crash, even during an invocation. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a function whose containers are worker threads. */
export function startFunctionHost(options: FunctionHostOptions): FunctionHost {
  return startPool(options, (functionArn) => startContainer({ ...options, functionArn }));
}

/** Starts a function whose containers are created by `startOne`. */
export function startPool(
  { functionName, maxContainers = 10 }: PoolOptions,
  startOne: (functionArn: string) => Container,
): FunctionHost {
  const functionArn = `arn:aws:lambda:${localAws.region}:${localAccount}:function:${functionName}`;
  const containers = new Set<Container>();
  const idle: Container[] = [];
  let isClosed = false;
  const start = () => {
    const container = startOne(functionArn);
    containers.add(container);
    return container;
  };
  // The first container starts before the first invocation, so that the first handshake is quick.
  idle.push(start());

  function take(): Container | undefined {
    if (isClosed) return undefined;
    const container = idle.pop() ?? (containers.size < maxContainers ? start() : undefined);
    if (!container?.isDead) return container;
    containers.delete(container);
    return take();
  }

  async function crash(): Promise<void> {
    idle.length = 0;
    const crashing = [...containers];
    containers.clear();
    await Promise.all(crashing.map((container) => container.close()));
  }

  return {
    functionName,
    functionArn,
    async invoke(payload) {
      const json = toJson(payload);
      if (json === undefined) return unreadable();
      const container = take();
      if (container === undefined) return undefined;
      try {
        return await container.invoke(json);
      } finally {
        if (container.isDead) containers.delete(container);
        else idle.push(container);
      }
    },
    crash,
    async close() {
      isClosed = true;
      await crash();
    },
  };
}
