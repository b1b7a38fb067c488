/** How a call to Asana is retried. */
export interface RetryPolicy {
  /** The number of attempts, including the first. */
  readonly maxAttempts: number;
  /** The upper limit of the first pause. The limit doubles for each further pause. */
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** The time limit for all attempts and pauses of one call together. */
  readonly budgetMs: number;
  /** The time limit for one attempt. */
  readonly attemptTimeoutMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 4,
  firstPauseMs: 500,
  maxPauseMs: 8_000,
  budgetMs: 20_000,
  attemptTimeoutMs: 10_000,
};

/** For a call whose result is useful but not necessary: its caller continues without the result. */
export const briefRetryPolicy: RetryPolicy = {
  ...defaultRetryPolicy,
  maxAttempts: 2,
  budgetMs: 5_000,
  attemptTimeoutMs: 4_000,
};

/**
 * Whether a call may be retried. A 429 may always be retried, because Asana did not carry out the call. A 5xx or a lost
 * answer may be retried only if the call is idempotent.
 */
export function mayRetry(status: number | undefined, isIdempotent: boolean): boolean {
  if (status === 429) return true;
  return isIdempotent && (status === undefined || status >= 500);
}

/** The pause before the next attempt: the time that Asana asks for, otherwise exponential backoff with full jitter. */
export function pauseMs(
  attempt: number,
  retryAfterMs: number | undefined,
  policy: RetryPolicy,
  random: () => number,
): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  return random() * Math.min(policy.maxPauseMs, policy.firstPauseMs * 2 ** attempt);
}

/** Converts `Retry-After` to milliseconds. Asana sends seconds. An HTTP date is accepted too (RFC 9110, 10.2.3). */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
