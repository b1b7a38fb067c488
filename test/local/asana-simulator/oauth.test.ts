import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Knobs } from '../../../local/asana-simulator/knobs.ts';
import { startWorld, type TestWorld } from './world.ts';

const hour = 3_600_000;
const redirectUri = 'https://app.example.com/callback';
const app = {
  clientId: '77',
  clientSecret: 's3cret',
  redirectUris: [redirectUri, 'http://127.0.0.1/cb'],
  scopes: null,
};
const verifier = 'a-verifier-of-at-least-forty-three-characters-1';
const challenge = createHash('sha256').update(verifier).digest('base64url');

let world: TestWorld;
beforeEach(() => start());
afterEach(() => world.close());

async function start(knobs: Partial<Knobs> = {}, scopes: readonly string[] | null = null): Promise<void> {
  await world?.close();
  world = await startWorld(knobs);
  world.simulator.controls.registerApp({ ...app, scopes });
}

async function authorize(changes: Record<string, string | undefined> = {}) {
  const query = {
    client_id: app.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    state: 'xyz',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  };
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const address = `${world.simulator.origin}/-/oauth_authorize?${new URLSearchParams(given)}`;
  const answer = await fetch(address, { redirect: 'manual' });
  const location = answer.headers.get('location');
  return { status: answer.status, back: location === null ? undefined : new URL(location) };
}

async function post(name: string, form: Record<string, string>) {
  const body = new URLSearchParams({ client_id: app.clientId, client_secret: app.clientSecret, ...form });
  const answer = await fetch(`${world.simulator.origin}/-/oauth_${name}`, { method: 'POST', body });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

async function codeFor(changes: Record<string, string | undefined> = {}): Promise<string> {
  return (await authorize(changes)).back?.searchParams.get('code') ?? '';
}

const exchange = (code: string, changes: Record<string, string> = {}) =>
  post('token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes,
  });

const refresh = (refresh_token = '') => post('token', { grant_type: 'refresh_token', refresh_token });
const me = async (token = '') => (await world.call('GET', '/users/me', undefined, token)).status;

describe('the authorization server', () => {
  it('redirects the browser with code and state, and exchanges the code for tokens', async () => {
    const { status, back } = await authorize();
    expect(status).toBe(302);
    expect(back?.origin + (back?.pathname ?? '')).toBe(redirectUri);
    expect(back?.searchParams.get('state')).toBe('xyz');
    const { body } = await exchange(back?.searchParams.get('code') ?? '');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 3_600,
      refresh_token: expect.any(String),
      data: expect.objectContaining({ gid: world.seeded.user, email: 'user@example.com' }),
    });
    expect(await me(body.access_token)).toBe(200);
  });

  it.each([
    ['another app', { client_id: '78' }],
    ['an address that is not registered', { redirect_uri: 'https://evil.example.com/' }],
  ])('does not redirect for %s', async (_, changes) => {
    expect(await authorize(changes)).toEqual({ status: 400, back: undefined });
  });

  it.each([
    ['no state', { state: undefined }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['scopes of an app with full permissions', { scope: 'webhooks:read' }, 'forbidden_scopes'],
  ])('redirects with an error instead of a code for %s', async (_, changes, error) => {
    const { back } = await authorize(changes);
    expect(back?.searchParams.get('error')).toBe(error);
    expect(back?.searchParams.has('code')).toBe(false);
  });

  it('asks the user, who may refuse', async () => {
    world.simulator.controls.setConsent('refuse');
    expect((await authorize()).back?.searchParams.get('error')).toBe('access_denied');
  });

  it('accepts any port of a loopback address', async () => {
    const { back } = await authorize({ redirect_uri: 'http://127.0.0.1:51234/cb' });
    expect(back?.port).toBe('51234');
  });

  it('accepts a code once, before it expires, and only from the app that requested it', async () => {
    const code = await codeFor();
    expect((await exchange(code, { code_verifier: 'another' })).body.error).toBe('invalid_grant');
    expect((await exchange(code)).body.error).toBe('invalid_grant');
    expect((await exchange(await codeFor(), { redirect_uri: 'http://127.0.0.1/cb' })).status).toBe(400);
    const late = await codeFor();
    await world.simulator.controls.advance(10 * 60_000);
    expect((await exchange(late)).body.error).toBe('invalid_grant');
    expect((await exchange(await codeFor(), { client_secret: 'wrong' })).status).toBe(401);
  });

  it('expires an access token, and returns a new access token for the refresh token', async () => {
    const { body } = await exchange(await codeFor());
    await world.simulator.controls.advance(hour);
    expect(await me(body.access_token)).toBe(401);
    const again = await refresh(body.refresh_token);
    expect(again.body).not.toHaveProperty('refresh_token');
    expect(await me(again.body.access_token)).toBe(200);
  });

  it('can rotate refresh tokens; an old token is valid until the new token is used', async () => {
    await start({ rotateRefreshTokens: true });
    const { body } = await exchange(await codeFor());
    const lost = await refresh(body.refresh_token);
    const next = await refresh(body.refresh_token);
    expect(next.body.refresh_token).not.toBe(lost.body.refresh_token);
    expect((await refresh(next.body.refresh_token)).status).toBe(200);
    expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('revokes a grant with all its tokens', async () => {
    const { body } = await exchange(await codeFor());
    expect((await post('revoke', { token: body.access_token ?? '' })).status).toBe(400);
    expect((await post('revoke', { token: body.refresh_token ?? '' })).status).toBe(200);
    expect(await me(body.access_token)).toBe(401);
    expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant');
    expect((await post('revoke', { token: 'unknown' })).status).toBe(200);
  });

  it('grants only the requested scopes, and Asana checks them', async () => {
    await start({}, ['webhooks:read', 'workspaces:read']);
    expect((await authorize()).back?.searchParams.get('error')).toBe('invalid_scope');
    expect((await authorize({ scope: 'webhooks:write' })).back?.searchParams.get('error')).toBe(
      'forbidden_scopes',
    );
    const { body } = await exchange(await codeFor({ scope: 'webhooks:read' }));
    const path = `/webhooks?workspace=${world.seeded.workspace}`;
    expect((await world.call('GET', path, undefined, body.access_token)).status).toBe(200);
    const write = await world.call('POST', '/webhooks', {}, body.access_token);
    expect(write).toMatchObject({
      status: 403,
      body: { errors: [{ message: expect.stringContaining('webhooks:write') }] },
    });
    expect(
      (await world.call('GET', `/events?resource=${world.seeded.project}`, undefined, body.access_token))
        .status,
    ).toBe(403);
  });
});
