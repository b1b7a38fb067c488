import { describe, expect, it } from 'vitest';
import { createAuthorizationServer } from '../../../adapters/asana/authorization-server.ts';

const now = new Date('2026-11-23T10:00:00.000Z');

/** A server that gives the answers in turn. An `Error` in place of an answer is a network failure. */
function server(...answers: (Response | Error)[]) {
  const requests: { readonly url: string; readonly init: RequestInit }[] = [];
  const authorization = createAuthorizationServer({
    baseUrl: 'https://app.asana.com/api/1.0',
    app: async () => ({ clientId: 'id', clientSecret: 'hush-hush' }),
    now: () => now,
    timeout: AbortSignal.timeout,
    fetch: async (url, init = {}) => {
      requests.push({ url: String(url), init });
      const answer = answers.shift();
      if (answer instanceof Error || answer === undefined) throw answer ?? new Error('no more answers');
      return answer;
    },
  });
  return { authorization, requests };
}

const json = (status: number, body: object) => new Response(JSON.stringify(body), { status });
const granted = { access_token: 'a', token_type: 'bearer', expires_in: 3_600 };

describe('the authorization server’s client', () => {
  it('builds the address for a person, without scopes for an app with full permissions', async () => {
    const { authorization } = server();
    const request = { redirectUri: 'http://127.0.0.1:5/', state: 's', codeChallenge: 'c' };
    const url = new URL(await authorization.authorizationUrl({ ...request, scopes: null }));
    expect(url.origin + url.pathname).toBe('https://app.asana.com/-/oauth_authorize');
    expect(url.searchParams.has('scope')).toBe(false);
    const scoped = await authorization.authorizationUrl({
      ...request,
      scopes: ['webhooks:read', 'users:read'],
    });
    expect(new URL(scoped).searchParams.get('scope')).toBe('webhooks:read users:read');
  });

  it('exchanges a code in a form, with PKCE', async () => {
    const { authorization, requests } = server(json(200, { ...granted, refresh_token: 'r' }));
    const tokens = await authorization.exchangeCode({
      code: 'c',
      codeVerifier: 'v',
      redirectUri: 'http://x/',
    });
    expect(tokens).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      expiresAt: new Date('2026-11-23T11:00:00.000Z'),
    });
    expect(requests[0]?.url).toBe('https://app.asana.com/-/oauth_token');
    expect(Object.fromEntries(requests[0]?.init.body as URLSearchParams)).toEqual({
      grant_type: 'authorization_code',
      code: 'c',
      code_verifier: 'v',
      redirect_uri: 'http://x/',
      client_id: 'id',
      client_secret: 'hush-hush',
    });
    expect(requests[0]?.init).toMatchObject({ method: 'POST', redirect: 'manual' });
  });

  it('retries a refresh whose answer was lost, and never retries the exchange of a code', async () => {
    const lost = server(new Error('reset'), json(200, granted));
    expect(await lost.authorization.refresh('r')).toEqual({
      accessToken: 'a',
      expiresAt: new Date('2026-11-23T11:00:00.000Z'),
    });
    const code = server(new Error('reset'), json(200, granted));
    await expect(
      code.authorization.exchangeCode({ code: 'c', codeVerifier: 'v', redirectUri: 'http://x/' }),
    ).rejects.toMatchObject({ name: 'AsanaUnavailable' });
    expect(code.requests).toHaveLength(1);
  });

  it.each([
    ['a refusal', json(400, { error: 'invalid_grant', error_description: 'of r-secret' }), 'OAuthRefused'],
    ['an unknown app', json(401, { error: 'invalid_client' }), 'OAuthNotConfigured'],
    ['an unknown error code', json(400, { error: 'Bad <b>thing</b>' }), 'OAuthRefused'],
    ['an answer that is not JSON', new Response('<html>', { status: 400 }), 'AsanaUnavailable'],
    ['a success without a token', json(200, {}), 'AsanaUnavailable'],
  ])('throws an error with its own name for %s, and quotes nothing', async (_, answer, name) => {
    const { authorization } = server(answer.clone(), answer.clone());
    const error = await authorization.refresh('r-secret').catch((caught: Error) => caught);
    expect(error).toMatchObject({ name });
    expect(String(error)).not.toMatch(/r-secret|hush-hush|<b>/);
  });

  it('assumes a lifetime of one hour if Asana returns no lifetime', async () => {
    const { authorization } = server(json(200, { access_token: 'a' }));
    expect((await authorization.refresh('r')).expiresAt).toEqual(new Date('2026-11-23T11:00:00.000Z'));
  });
});
