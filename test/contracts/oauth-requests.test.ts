import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OAuthRequest } from '../../core/connections/ports.ts';
import { newHookKey } from '../../core/hook.ts';
import { begin, implementations, type Stores } from './stores.ts';

const inSeconds = (seconds: number) => new Date(begin.getTime() + seconds * 1_000);

function pending(changes: Partial<OAuthRequest> = {}): OAuthRequest {
  return {
    id: newHookKey(),
    connection: 'sales',
    redirectUri: 'https://hooks.example.com/oauth/callback',
    codeVerifier: 'v',
    scopes: null,
    expiresAt: inSeconds(600),
    ...changes,
  };
}

describe.each(implementations)('pending authorizations in %s', (_, start) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await start();
  });
  afterAll(() => stores.close());

  async function added(changes: Partial<OAuthRequest> = {}): Promise<OAuthRequest> {
    stores.clock.now = begin;
    const request = pending(changes);
    await stores.oauthRequests.add(request);
    return request;
  }

  it('take() returns an authorization to one of five simultaneous callers', async () => {
    const request = await added();
    const taken = await Promise.all(Array.from({ length: 5 }, () => stores.oauthRequests.take(request.id)));
    expect(taken.filter((found) => found !== undefined)).toEqual([request]);
    expect(await stores.oauthRequests.take(request.id)).toBeUndefined();
    expect(await stores.oauthRequests.find(request.id)).toBeUndefined();
    expect(await stores.oauthRequests.bind(request.id, 'a')).toBe(false);
  });

  it('bind() stores one browser, and find() does not take the authorization', async () => {
    const { oauthRequests } = stores;
    const request = await added({ scopes: ['webhooks:read'], returnTo: 'https://product.example.com/' });
    const bound = await Promise.all(['a', 'b', 'c'].map((name) => oauthRequests.bind(request.id, name)));
    expect(bound.filter(Boolean)).toHaveLength(1);
    const found = await oauthRequests.find(request.id);
    expect(found).toEqual({ ...request, browser: expect.stringMatching(/^[abc]$/) });
    expect(await oauthRequests.take(request.id)).toEqual(found);
  });

  it('find(), bind() and take() know no authorization that was not added', async () => {
    const { oauthRequests } = stores;
    expect(await oauthRequests.find(newHookKey())).toBeUndefined();
    expect(await oauthRequests.bind(newHookKey(), 'a')).toBe(false);
    expect(await oauthRequests.take(newHookKey())).toBeUndefined();
  });

  it('find(), bind() and take() refuse an authorization from the moment at which it expires', async () => {
    const { oauthRequests, clock } = stores;
    const request = await added();
    clock.now = inSeconds(599);
    expect(await oauthRequests.find(request.id)).toEqual(request);
    clock.now = inSeconds(600);
    expect(await oauthRequests.find(request.id)).toBeUndefined();
    expect(await oauthRequests.bind(request.id, 'a')).toBe(false);
    expect(await oauthRequests.take(request.id)).toBeUndefined();
  });
});
