import type { Clock, Sleep, Timeout } from '../../core/clock.ts';
import { AsanaError } from '../../core/errors.ts';
import { type TimeBudget, timeOf } from '../../core/time-budget.ts';
import { failureOf } from './failure.ts';
import type { Pace } from './pace.ts';
import { mayRetry, parseRetryAfter, pauseMs, type RetryPolicy } from './retry.ts';

/** Provides the access token of a connection. */
export interface TokenSource {
  get(): Promise<string>;
  /** Returns a token other than the refused token, if there is one. */
  renew(refused: string): Promise<string | undefined>;
}

/** The settings and functions that calls over a connection to Asana use. */
export interface AsanaTransport {
  readonly baseUrl: string;
  readonly token: TokenSource;
  readonly fetch: typeof fetch;
  readonly now: Clock;
  readonly sleep: Sleep;
  readonly timeout: Timeout;
  readonly random: () => number;
  readonly policy: RetryPolicy;
  /** Keeps the calls within a rate. Used if there are many calls. */
  readonly pace?: Pace;
  /** The remaining time of the invocation. Every call must end in this time, even if its own budget is larger. */
  readonly time: TimeBudget;
}

export interface AsanaRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly data?: unknown;
  /** The time limit for one attempt, if it differs from the time limit of the policy. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: number | undefined;
  readonly body?: unknown;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Calls Asana and returns the parsed body of a successful answer.
 *
 * @throws AsanaError for every other outcome. A call that may be retried is first retried within the budget.
 */
export async function callAsana(request: AsanaRequest, transport: AsanaTransport): Promise<unknown> {
  const { now, policy, token, sleep, random } = transport;
  const call = `${request.method} ${request.path}`;
  const budgetMs = Math.max(policy.budgetMs, request.timeoutMs ?? 0);
  let bearer = await token.get();
  const time = timeOf(Math.min(budgetMs, transport.time.leftMs()), now);
  let renewed = false;
  for (let attempt = 0; ; attempt += 1) {
    const leave = await transport.pace?.enter(request.method);
    const answer = await attemptOnce(request, bearer, time, transport);
    leave?.();
    if (isSuccess(answer)) return answer.body;
    if (answer.status === 401 && !renewed) {
      renewed = true;
      const fresh = await token.renew(bearer);
      if (fresh !== undefined) {
        bearer = fresh;
        continue;
      }
    }
    const pause = pauseMs(attempt, answer.retryAfterMs, policy, random);
    const isLast = attempt + 1 >= policy.maxAttempts || time.isUp(pause);
    if (isLast || !mayRetry(answer.status, request.method !== 'POST')) throw errorOf(call, answer);
    await sleep(pause);
  }
}

async function attemptOnce(
  { method, path, query, data, timeoutMs }: AsanaRequest,
  bearer: string,
  time: TimeBudget,
  { baseUrl, fetch, now, policy, timeout }: AsanaTransport,
): Promise<Answer> {
  try {
    const response = await fetch(`${baseUrl}${path}${queryOf(query)}`, {
      method,
      headers: {
        Accept: 'application/json',
        Authorization: `Bearer ${bearer}`,
        ...(data !== undefined && { 'Content-Type': 'application/json' }),
        // A socket that was kept open while the container slept may be dead. A lost POST is not retried.
        ...(method === 'POST' && { Connection: 'close' }),
      },
      body: data === undefined ? undefined : JSON.stringify({ data }),
      // A redirect must not send the token to another host.
      redirect: 'manual',
      signal: timeout(Math.min(timeoutMs ?? policy.attemptTimeoutMs, time.leftMs())),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: parse(text),
      retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), now()),
    };
  } catch (cause) {
    return { status: undefined, cause };
  }
}

function isSuccess({ status, body }: Answer): boolean {
  return status !== undefined && status >= 200 && status < 300 && typeof body === 'object' && body !== null;
}

function errorOf(call: string, { status, body, retryAfterMs, cause }: Answer): AsanaError {
  if (status !== undefined) {
    const wait = status === 429 && retryAfterMs !== undefined ? Math.ceil(retryAfterMs / 1000) : undefined;
    return failureOf(call, status, body, wait === undefined ? undefined : `Call again in ${wait} s.`);
  }
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    return new AsanaError('AsanaTimeout', call, { advice: 'The call timed out. Call again.' }, { cause });
  }
  return new AsanaError(
    'AsanaUnavailable',
    call,
    { advice: `The connection failed (${codeOf(cause)}); check asanaBaseUrl and call again.` },
    { cause },
  );
}

function codeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') return inner.code;
  return 'no reason given';
}

function queryOf(query: AsanaRequest['query']): string {
  const given = Object.entries(query ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
