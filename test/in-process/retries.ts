import type { ClientParts } from '../../functions/runtime/platform.ts';

type RetryStrategy = Extract<
  Awaited<ReturnType<ReturnType<ClientParts['retryStrategy']>>>,
  { refreshRetryTokenForRetry: unknown }
>;

/** The SDK's standard retry strategy, with its private parts. */
interface StandardRetries extends RetryStrategy {
  /** The part that decides how long the strategy pauses. */
  retryBackoffStrategy: {
    setDelayBase(ms: number): void;
    computeNextBackoffDelay(attempt: number): number;
  };
  /** The tokens that are left. Each retry costs some, and a success gives them back. */
  capacity: number;
}

const fullCapacity = 500;

/**
 * Makes the retries of an SDK client pause with this function instead of in real time. The client retries the same
 * errors, as often for each request, and after the same pauses.
 *
 * The SDK stops all retries of a client when too many requests failed. Tests have more failures than AWS has, so this
 * limit does not apply.
 */
export function pauseRetriesWith(pause: (ms: number) => Promise<unknown>, client: ClientParts): void {
  const strategy = client.retryStrategy();
  let changed: Promise<StandardRetries> | undefined;
  client.setRetryStrategy(() => {
    changed ??= strategy().then((standard) => pausingBy(pause, standard as StandardRetries));
    return changed;
  });
}

function pausingBy(pause: (ms: number) => Promise<unknown>, standard: StandardRetries): StandardRetries {
  const backoff = standard.retryBackoffStrategy;
  const pauses: Promise<unknown>[] = [];
  standard.retryBackoffStrategy = {
    setDelayBase: (ms) => backoff.setDelayBase(ms),
    computeNextBackoffDelay(attempt) {
      pauses.push(pause(backoff.computeNextBackoffDelay(attempt)));
      return 0;
    },
  };
  const refresh = standard.refreshRetryTokenForRetry.bind(standard);
  standard.refreshRetryTokenForRetry = async (...failed) => {
    standard.capacity = fullCapacity;
    const token = await refresh(...failed);
    await pauses.shift();
    return token;
  };
  return standard;
}
