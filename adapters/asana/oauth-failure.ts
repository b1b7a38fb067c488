import { AsanaError, NamedError } from '../../core/errors.ts';

interface OAuthAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterMs?: number;
}

/**
 * Converts an answer of Asana's authorization server that is not a success into an error.
 *
 * Only `invalid_grant` says that a code or a refresh token is not valid (RFC 6749, section 5.2). Every other failure
 * says nothing about the grant. In particular, a 403, a 404 or a 401 without an OAuth error comes from a gateway. Such
 * an error must not have the name of an answer of the API: a caller would conclude that the token lacks a scope, or
 * that a webhook does not exist.
 *
 * The error omits the answer's description, because the description may quote the request.
 */
export function oauthFailure(call: string, { status, body, retryAfterMs }: OAuthAnswer): NamedError {
  if (status === 429) {
    const seconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1_000);
    const advice = seconds === undefined ? 'Call again later.' : `Call again in ${seconds} s.`;
    return new AsanaError('AsanaRateLimited', call, { status, advice });
  }
  if (status === 408) return new AsanaError('AsanaTimeout', call, { status, advice: 'Call again.' });
  const error = oauthErrorIn(status, body);
  switch (error) {
    case 'invalid_grant':
      return new NamedError('OAuthRefused', 'Asana refused the authorization: invalid_grant.');
    case 'invalid_client':
    case 'unauthorized_client':
      return new NamedError(
        'OAuthNotConfigured',
        `Asana does not accept the app (${error}): put the clientId and clientSecret of the app into the secret oauth-app.`,
      );
    case undefined:
    case 'server_error':
    case 'temporarily_unavailable':
      return new AsanaError('AsanaUnavailable', call, { status, advice: 'Call again.' });
    default:
      return new AsanaError('AsanaRefused', call, { status, advice: `Asana's reason is ${error}.` });
  }
}

/** The error for a request that got no answer, or only a part of one. */
export function noAnswer(call: string, cause: unknown): AsanaError {
  const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
  return isTimeout
    ? new AsanaError('AsanaTimeout', call, { advice: 'The call timed out. Call again.' }, { cause })
    : new AsanaError('AsanaUnavailable', call, { advice: 'There was no answer; call again.' }, { cause });
}

/** The error code of an answer in the form of RFC 6749, section 5.2, which has status 400 or 401. */
function oauthErrorIn(status: number, body: unknown): string | undefined {
  if (status !== 400 && status !== 401) return undefined;
  const { error } = (body ?? {}) as { readonly error?: unknown };
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : undefined;
}
