import type { Clock, Timeout } from '../../core/clock.ts';
import type { OAuthApp } from '../../core/connections/credentials.ts';
import type { AuthorizationServer, GrantedTokens } from '../../core/connections/ports.ts';
import { AsanaError, NamedError } from '../../core/errors.ts';

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

/** The number of attempts for a token request that gets no answer. To refresh a token twice does no harm. */
const attempts = 2;

/** Asana's authorization server (Asana's OAuth guide; RFC 6749, RFC 7636). */
export function createAuthorizationServer(transport: AuthorizationTransport): AuthorizationServer {
  const addressOf = (name: string) => new URL(`/-/oauth_${name}`, transport.baseUrl);

  async function post(name: 'token' | 'revoke', form: Record<string, string>): Promise<unknown> {
    const { clientId, clientSecret } = await transport.app();
    const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret });
    const call = `POST /-/oauth_${name}`;
    let response: Response;
    try {
      response = await transport.fetch(addressOf(name), {
        method: 'POST',
        headers: { Accept: 'application/json', Connection: 'close' },
        body,
        redirect: 'manual',
        signal: transport.timeout(timeoutMs),
      });
    } catch (cause) {
      throw new AsanaError(
        'AsanaUnavailable',
        call,
        { advice: 'There was no answer; call again.' },
        { cause },
      );
    }
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer;
    throw refusalOf(call, response.status, answer);
  }

  async function tokens(form: Record<string, string>, tries: number): Promise<GrantedTokens> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return readTokens(await post('token', form), transport.now());
      } catch (error) {
        const isLost = error instanceof AsanaError && error.mayHaveHappened;
        if (!isLost || attempt >= tries) throw error;
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
      const granted = await tokens(
        { grant_type: 'authorization_code', code, code_verifier: codeVerifier, redirect_uri: redirectUri },
        1, // A code can be used only once.
      );
      const { refreshToken } = granted;
      if (refreshToken !== undefined) return { ...granted, refreshToken };
      throw new NamedError('OAuthRefused', 'Asana returned no refresh token: connect again.');
    },

    refresh: (refreshToken) => tokens({ grant_type: 'refresh_token', refresh_token: refreshToken }, attempts),

    async revoke(refreshToken) {
      await post('revoke', { token: refreshToken });
    },
  };
}

function readTokens(answer: unknown, now: Date): GrantedTokens {
  const { access_token, expires_in, refresh_token } = (answer ?? {}) as Record<string, unknown>;
  if (typeof access_token !== 'string' || access_token === '') {
    throw new AsanaError('AsanaUnavailable', 'POST /-/oauth_token', {
      status: 200,
      advice: 'The answer has no token; call again.',
    });
  }
  const seconds = typeof expires_in === 'number' && expires_in > 0 ? expires_in : 3_600;
  return {
    accessToken: access_token,
    expiresAt: new Date(now.getTime() + seconds * 1_000),
    ...(typeof refresh_token === 'string' && refresh_token !== '' && { refreshToken: refresh_token }),
  };
}

/**
 * Converts an error answer of Asana (RFC 6749, section 5.2) into an error. The error omits the answer's description,
 * because the description may quote the request.
 */
function refusalOf(call: string, status: number, answer: unknown): Error {
  const { error } = (answer ?? {}) as { readonly error?: unknown };
  if (status >= 500 || typeof error !== 'string') {
    return new AsanaError('AsanaUnavailable', call, { status, advice: 'Call again.' });
  }
  if (error === 'invalid_client') {
    return new NamedError(
      'OAuthNotConfigured',
      'Asana does not know the app, or the clientSecret is wrong: put the clientId and clientSecret of the app into the secret oauth-app.',
    );
  }
  const name = /^[a-z_]{1,40}$/.test(error) ? error : 'unknown reason';
  return new NamedError('OAuthRefused', `Asana refused the authorization: ${name}.`);
}
