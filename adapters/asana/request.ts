import type { Clock, Sleep, Timeout } from '../../core/clock.ts';
import { AsanaError } from '../../core/errors.ts';
import { type TimeBudget, timeOf } from '../../core/time-budget.ts';
import { failureOf } from './failure.ts';
import type { Pace } from './pace.ts';
import { mayRetry, parseRetryAfter, pauseMs, type RetryPolicy } from './retry.ts';

/** Where a connection's access token comes from. */
export interface TokenSource {
  get(): Promise<string>;
  /** Another token than the one that was refused, if there is one. */
  renew(refused: string): Promise<string | undefined>;
}

/** What a connection to Asana works with. */
export interface AsanaTransport {
  readonly baseUrl: string;
  readonly token: TokenSource;
  readonly fetch: typeof fetch;
  readonly now: Clock;
  readonly sleep: Sleep;
  readonly timeout: Timeout;
  readonly random: () => number;
  readonly policy: RetryPolicy;
  /** Keeps calls within a rate, where many are made. */
  readonly pace?: Pace;
  /** What is left of the invocation: every call must be over then, however much of its own budget is left. */
  readonly time: TimeBudget;
}

export interface AsanaRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly data?: unknown;
  /** How long one attempt may take, where it is not the policy's time. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: number | undefined;
  readonly body?: unknown;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * Calls Asana and answers the parsed body of a success.
 *
 * @throws AsanaError for every other outcome, after what may be retried was retried within the budget.
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
        // A connection that was kept while the container slept may be dead, and a lost POST is not repeated.
        ...(method === 'POST' && { Connection: 'close' }),
      },
      body: data === undefined ? undefined : JSON.stringify({ data }),
      // The token must not follow a redirect to another host.
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
    return new AsanaError('AsanaTimeout', call, { advice: 'It took too long; call again.' }, { cause });
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
