/** How a call to Asana is repeated. */
export interface RetryPolicy {
  /** Attempts in all. */
  readonly maxAttempts: number;
  /** The first pause; each further one may be twice as long. */
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** What all attempts and pauses of one call may take together. */
  readonly budgetMs: number;
  /** How long one attempt may take. */
  readonly attemptTimeoutMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 4,
  firstPauseMs: 500,
  maxPauseMs: 8_000,
  budgetMs: 20_000,
  attemptTimeoutMs: 10_000,
};

/**
 * What may be repeated: a 429 always, since Asana did not do it; a 5xx or a lost answer only where doing it
 * twice is doing it once.
 */
export function mayRetry(status: number | undefined, isIdempotent: boolean): boolean {
  if (status === 429) return true;
  return isIdempotent && (status === undefined || status >= 500);
}

/** The pause before the next attempt: what Asana asks for, or else exponential with full jitter. */
export function pauseMs(
  attempt: number,
  retryAfterMs: number | undefined,
  policy: RetryPolicy,
  random: () => number,
): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  return random() * Math.min(policy.maxPauseMs, policy.firstPauseMs * 2 ** attempt);
}

/** `Retry-After` in milliseconds: seconds, which Asana sends, or an HTTP date (RFC 9110, 10.2.3). */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
