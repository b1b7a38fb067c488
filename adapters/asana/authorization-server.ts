import type { Clock, Timeout } from '../../core/clock.ts';
import type { OAuthApp } from '../../core/connections/credentials.ts';
import type { AuthorizationServer, GrantedTokens } from '../../core/connections/ports.ts';
import { AsanaError, NamedError } from '../../core/errors.ts';
import { type TimeBudget, timeOf } from '../../core/time-budget.ts';
import { noAnswer, oauthFailure } from './oauth-failure.ts';
import { parseRetryAfter } from './retry.ts';

export interface AuthorizationTransport {
  /** The base URL of Asana's API. The authorization server is on the same host. */
  readonly baseUrl: string;
  /** @throws NamedError OAuthNotConfigured */
  readonly app: () => Promise<OAuthApp>;
  readonly fetch: typeof fetch;
  readonly now: Clock;
  readonly timeout: Timeout;
}

const timeoutMs = 10_000;

/** The number of attempts for a refresh that gets no answer. To refresh a token twice does no harm. */
const attempts = 2;

/** Asana's authorization server (Asana's OAuth guide; RFC 6749, RFC 7636). */
export function createAuthorizationServer(transport: AuthorizationTransport): AuthorizationServer {
  const { now } = transport;
  const addressOf = (name: string) => new URL(`/-/oauth_${name}`, transport.baseUrl);

  async function post(
    name: 'token' | 'revoke',
    form: Record<string, string>,
    time: TimeBudget = timeOf(timeoutMs, now),
  ): Promise<unknown> {
    const { clientId, clientSecret } = await transport.app();
    const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret });
    const call = `POST /-/oauth_${name}`;
    let response: Response;
    let text: string;
    try {
      response = await transport.fetch(addressOf(name), {
        method: 'POST',
        headers: { Accept: 'application/json', Connection: 'close' },
        body,
        redirect: 'manual',
        signal: transport.timeout(Math.min(timeoutMs, time.leftMs())),
      });
      text = await response.text();
    } catch (cause) {
      throw noAnswer(call, cause);
    }
    if (response.ok) return parse(text);
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), now());
    throw oauthFailure(call, { status: response.status, body: parse(text), retryAfterMs });
  }

  async function refresh(refreshToken: string, time: TimeBudget): Promise<GrantedTokens> {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return readTokens(await post('token', form, time), now());
      } catch (error) {
        const isLost = error instanceof AsanaError && error.mayHaveHappened;
        if (!isLost || attempt >= attempts || time.isUp()) throw error;
      }
    }
  }

  return {
    async authorizationUrl({ redirectUri, state, codeChallenge, scopes }) {
      const { clientId } = await transport.app();
      const url = addressOf('authorize');
      url.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        state,
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
        // Asana refuses every scope if the app has full permissions.
        ...(scopes && { scope: scopes.join(' ') }),
      }).toString();
      return url.href;
    },

    async exchangeCode({ code, codeVerifier, redirectUri }) {
      // Not retried: a code can be used only once.
      const answer = await post('token', {
        grant_type: 'authorization_code',
        code,
        code_verifier: codeVerifier,
        redirect_uri: redirectUri,
      });
      const granted = readTokens(answer, now());
      const { refreshToken } = granted;
      if (refreshToken !== undefined) return { ...granted, refreshToken };
      throw new NamedError('OAuthRefused', 'Asana returned no refresh token: connect again.');
    },

    refresh,

    async revoke(refreshToken) {
      await post('revoke', { token: refreshToken });
    },
  };
}

function readTokens(answer: unknown, now: Date): GrantedTokens {
  const { access_token, expires_in, refresh_token, data } = (answer ?? {}) as Record<string, unknown>;
  if (typeof access_token !== 'string' || access_token === '') {
    throw new AsanaError('AsanaUnavailable', 'POST /-/oauth_token', {
      status: 200,
      advice: 'The answer has no token; call again.',
    });
  }
  const seconds = typeof expires_in === 'number' && expires_in > 0 ? expires_in : 3_600;
  const userGid = readUserGid(data);
  return {
    accessToken: access_token,
    expiresAt: new Date(now.getTime() + seconds * 1_000),
    ...(typeof refresh_token === 'string' && refresh_token !== '' && { refreshToken: refresh_token }),
    ...(userGid !== undefined && { userGid }),
  };
}

/** Asana documents `data.id` of the token answer. Newer answers have `data.gid`, too. */
function readUserGid(data: unknown): string | undefined {
  const { gid, id } = (data ?? {}) as Record<string, unknown>;
  // A number that is too large for JavaScript is not exact.
  const exact = [gid, id].filter((value) => typeof value === 'string' || Number.isSafeInteger(value));
  return exact.map(String).find((text) => /^\d{1,30}$/.test(text));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
