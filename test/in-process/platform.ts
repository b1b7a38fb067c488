import type { Readable } from 'node:stream';
import type { AwsConfig, ClientParts, Platform } from '../../functions/runtime/platform.ts';
import { localAws } from '../../local/aws/account.ts';
import type { TestClock } from '../clock.ts';
import { pauseRetriesWith } from './retries.ts';

/** The platform of one container, and a function that ends the container. */
export interface MortalPlatform {
  readonly platform: Platform;
  /**
   * Cuts the container off, as the end of its process would: its connections close, and no promise that it waits for
   * ever settles. So its code never continues.
   */
  end(): void;
}

/** Creates a platform for a container in this process. Time is the test clock, and everything else is real. */
export function createMortalPlatform(clock: TestClock, endpoints: AwsConfig['endpoints']): MortalPlatform {
  const ended = new AbortController();
  const atEnd = new Set<() => void>();

  /** Settles like the promise, but never settles after the end of the container. */
  function unlessEnded<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          if (!ended.signal.aborted) resolve(value);
        },
        (error: unknown) => {
          if (!ended.signal.aborted) reject(error);
        },
      );
    });
  }

  const schedule: TestClock['schedule'] = (ms, run, how) => {
    if (ended.signal.aborted) return () => undefined;
    const takeBack = () => {
      atEnd.delete(takeBack);
      forget();
    };
    const forget = clock.schedule(
      ms,
      () => {
        atEnd.delete(takeBack);
        run();
      },
      how,
    );
    atEnd.add(takeBack);
    return takeBack;
  };
  const sleep = (ms: number) => new Promise<void>((resolve) => void schedule(ms, resolve));

  /** Also reads the body, so that the caller waits for only one promise. */
  async function fetchWhole(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const signals = [ended.signal, ...(init?.signal ? [init.signal] : [])];
    const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    const body = await response.arrayBuffer();
    return new Response(body.byteLength === 0 ? null : body, response);
  }

  /** Makes the timeouts and the retry pauses of an SDK client use the test clock. */
  function extend(client: ClientParts, requestTimeoutMs: number): void {
    const handler = client.httpHandler();
    atEnd.add(() => handler.destroy?.());
    const send: typeof handler.handle = async (request, options) => {
      const giveUp = new AbortController();
      const takeBack = schedule(requestTimeoutMs, () => giveUp.abort(), { onTheWay: true });
      const signals = [ended.signal, giveUp.signal];
      try {
        const { response } = await handler.handle(request, {
          ...options,
          abortSignal: AbortSignal.any(signals),
        });
        response.body = Buffer.concat(await (response.body as Readable).toArray());
        return { response };
      } catch (error) {
        if (!giveUp.signal.aborted) throw error;
        // The same error as from the SDK's own handler.
        const message = `Request did not complete within ${requestTimeoutMs} ms`;
        throw Object.assign(new Error(message), { name: 'TimeoutError', code: 'ETIMEDOUT' });
      } finally {
        takeBack();
      }
    };
    client.setHttpHandler({
      metadata: handler.metadata,
      handle: (...call) => unlessEnded(ended.signal.aborted ? new Promise(() => undefined) : send(...call)),
      destroy: () => handler.destroy?.(),
      updateHttpClientConfig: (...change) => handler.updateHttpClientConfig(...change),
      httpHandlerConfigs: () => handler.httpHandlerConfigs(),
    });
    pauseRetriesWith(sleep, client);
  }

  return {
    platform: {
      now: clock.now,
      sleep,
      schedule,
      timeout: clock.timeout,
      random: Math.random,
      fetch: (...call) =>
        unlessEnded(ended.signal.aborted ? new Promise(() => undefined) : fetchWhole(...call)),
      aws: { ...localAws, endpoints, extend },
    },
    end() {
      ended.abort();
      for (const act of atEnd) act();
      atEnd.clear();
    },
  };
}
