import { describe, expect, it } from 'vitest';
import { createAuthorizationServer } from '../../../adapters/asana/authorization-server.ts';
import { timeOf } from '../../../core/time-budget.ts';
import { soon } from '../../core/time.ts';

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

  it('encodes every character of a token, a code and a secret', async () => {
    const token = '1/2:a+b&c=d%20e é';
    const { authorization, requests } = server(json(200, granted), json(200, {}));
    await authorization.refresh(token, soon());
    await authorization.revoke(token);
    for (const [index, name] of ['refresh_token', 'token'].entries()) {
      const body = String(requests[index]?.init.body);
      expect(body).toContain(`${name}=1%2F2%3Aa%2Bb%26c%3Dd%2520e+%C3%A9&`);
      expect(new URLSearchParams(body).get(name)).toBe(token);
    }
  });

  it('retries a refresh whose answer was lost, and never retries the exchange of a code', async () => {
    const lost = server(new Error('reset'), json(200, granted));
    expect(await lost.authorization.refresh('r', soon())).toEqual({
      accessToken: 'a',
      expiresAt: new Date('2026-11-23T11:00:00.000Z'),
    });
    const code = server(new Error('reset'), json(200, granted));
    await expect(code.authorization.exchangeCode(exchange)).rejects.toMatchObject({
      name: 'AsanaUnavailable',
    });
    expect(code.requests).toHaveLength(1);
  });

  it('limits a refresh to the time that its caller has', async () => {
    const limits: number[] = [];
    let time = now.getTime();
    const authorization = createAuthorizationServer({
      baseUrl: 'https://app.asana.com/api/1.0',
      app: async () => ({ clientId: 'id', clientSecret: 'hush-hush' }),
      now: () => new Date(time),
      timeout: (ms) => {
        limits.push(ms);
        return AbortSignal.timeout(60_000);
      },
      fetch: async () => {
        time += 9_000;
        throw new Error('reset');
      },
    });
    const budget = timeOf(12_000, () => new Date(time));
    await expect(authorization.refresh('r', budget)).rejects.toMatchObject({ name: 'AsanaUnavailable' });
    expect(limits).toEqual([10_000, 3_000]);
    limits.length = 0;
    const short = timeOf(9_000, () => new Date(time));
    await expect(authorization.refresh('r', short)).rejects.toMatchObject({ name: 'AsanaUnavailable' });
    expect(limits).toEqual([9_000]);
  });

  it.each([
    ['invalid_grant', json(400, { error: 'invalid_grant', error_description: 'of r-secret' })],
    ['invalid_grant with 401', json(401, { error: 'invalid_grant' })],
  ])('says that the grant is not valid only for %s', async (_, answer) => {
    const error = await failureOf(answer);
    expect(error).toMatchObject({ name: 'OAuthRefused' });
  });

  const html = (status: number) => new Response('<html>r-secret</html>', { status });
  it.each([
    ['an unknown app', json(401, { error: 'invalid_client' }), 'OAuthNotConfigured'],
    ['an app that may not do this', json(400, { error: 'unauthorized_client' }), 'OAuthNotConfigured'],
    ['a malformed request', json(400, { error: 'invalid_request' }), 'AsanaRefused'],
    ['an unknown error code', json(400, { error: 'consent_required' }), 'AsanaRefused'],
    ['a code that is not one', json(400, { error: 'Bad <b>thing</b>' }), 'AsanaUnavailable'],
    ['a temporary failure', json(400, { error: 'temporarily_unavailable' }), 'AsanaUnavailable'],
    ['a failure of the server', json(400, { error: 'server_error' }), 'AsanaUnavailable'],
    ['500 with invalid_grant', json(500, { error: 'invalid_grant' }), 'AsanaUnavailable'],
    ['403 with invalid_grant', json(403, { error: 'invalid_grant' }), 'AsanaUnavailable'],
    ['403 of a gateway', html(403), 'AsanaUnavailable'],
    ['403 of a gateway in JSON', json(403, { message: 'Forbidden' }), 'AsanaUnavailable'],
    ['401 in the form of the API', json(401, { errors: [{ message: 'No' }] }), 'AsanaUnavailable'],
    ['404', html(404), 'AsanaUnavailable'],
    ['a redirect', new Response(null, { status: 302 }), 'AsanaUnavailable'],
    ['an answer that is not JSON', html(400), 'AsanaUnavailable'],
    ['a success that is not JSON', html(200), 'AsanaUnavailable'],
    ['a success without a token', json(200, {}), 'AsanaUnavailable'],
    ['a timeout', new DOMException('late', 'TimeoutError'), 'AsanaTimeout'],
    ['408', html(408), 'AsanaTimeout'],
    ['429', html(429), 'AsanaRateLimited'],
  ])('throws an error that leaves the grant alone for %s', async (_, answer, name) => {
    const error = await failureOf(answer);
    expect(error).toMatchObject({ name });
  });

  it('passes on how long Asana asks to wait', async () => {
    const answer = new Response('{}', { status: 429, headers: { 'Retry-After': '37' } });
    expect(await failureOf(answer)).toMatchObject({
      name: 'AsanaRateLimited',
      message: expect.stringContaining('Call again in 37 s.'),
    });
  });

  it.each([
    ['gid', { gid: '1200', id: '7' }, '1200'],
    ['id as text', { id: '1200' }, '1200'],
    ['id as a number', { id: 1200 }, '1200'],
    ['an inexact number', { id: 2 ** 60 }, undefined],
    ['something else', { id: 'me' }, undefined],
    ['no user', undefined, undefined],
  ])('returns the user of an answer with %s', async (_, data, userGid) => {
    const refreshed = await server(json(200, { ...granted, data })).authorization.refresh('r', soon());
    expect(refreshed.userGid).toBe(userGid);
    const answer = json(200, { ...granted, refresh_token: 'r', data });
    expect((await server(answer).authorization.exchangeCode(exchange)).userGid).toBe(userGid);
  });

  it('assumes a lifetime of one hour if Asana returns no lifetime', async () => {
    const { authorization } = server(json(200, { access_token: 'a' }));
    expect((await authorization.refresh('r', soon())).expiresAt).toEqual(
      new Date('2026-11-23T11:00:00.000Z'),
    );
  });
});

const exchange = { code: 'c', codeVerifier: 'v', redirectUri: 'http://x/' };

/** The failure of a refresh that always gets this answer. No failure quotes a secret or the answer. */
async function failureOf(answer: Response | Error): Promise<unknown> {
  const again = () => (answer instanceof Response ? answer.clone() : answer);
  const { authorization } = server(again(), again());
  const error = await authorization.refresh('r-secret', soon()).catch((caught: Error) => caught);
  expect(String(error)).not.toMatch(/r-secret|hush-hush|<b>/);
  return error;
}
