import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localAws } from '../../local/aws/account.ts';
import { oauthAppSecret } from '../../local/start-local.ts';
import { type ClockedStage, setClockedStage } from './stage.ts';

const returnTo = 'https://product.example.com/connected?tenant=7';

let stage: ClockedStage;

beforeEach(async () => {
  stage = await setClockedStage({}, { oauthReturnUrls: ['https://product.example.com/connected'] });
  await configure({ clientId: '77', clientSecret: 'hush' });
  const redirectUris = [`${stage.local.apiUrl}/oauth/callback`];
  stage.simulator.controls.registerApp({ clientId: '77', clientSecret: 'hush', redirectUris, scopes: null });
});
afterEach(() => stage.close());

async function configure(app: object): Promise<void> {
  const client = new SecretsManagerClient({ ...localAws, endpoint: stage.local.secretsManagerUrl });
  const SecretString = JSON.stringify(app);
  await client.send(new PutSecretValueCommand({ SecretId: oauthAppSecret, SecretString }));
}

async function begin(to = returnTo) {
  const { data } = await stage.manage<{ data: { authorizationUrl: string; state: string } }>({
    operation: 'beginOAuth',
    connection: 'customer-7',
    returnTo: to,
  });
  return data;
}

/** A browser that follows redirects step by step and stores a single cookie. */
function browser() {
  let cookie = '';
  return {
    async go(address: string) {
      const answer = await fetch(address, { redirect: 'manual', headers: cookie ? { cookie } : {} });
      const set = answer.headers.get('set-cookie');
      if (set !== null) cookie = set.split(';')[0] ?? '';
      return {
        status: answer.status,
        next: answer.headers.get('location') ?? '',
        set,
        text: await answer.text(),
      };
    },
  };
}

const states = async () =>
  (
    await stage.manage<{ data: { connection: string; state: string }[] }>({ operation: 'listConnections' })
  ).data
    .filter(({ connection }) => connection === 'customer-7')
    .map(({ state }) => state);

describe('a customer', () => {
  it('connects their own Asana account in a browser, and is redirected to returnTo', async () => {
    const { authorizationUrl } = await begin();
    expect(authorizationUrl.startsWith(`${stage.local.apiUrl}/oauth/start?state=`)).toBe(true);
    const own = browser();
    const start = await own.go(authorizationUrl);
    expect(start).toMatchObject({ status: 302, set: expect.stringMatching(/HttpOnly; SameSite=Lax/) });
    expect(new URL(start.next).searchParams.get('code_challenge_method')).toBe('S256');
    const asana = await own.go(start.next);
    const back = await own.go(asana.next);
    expect(back.status).toBe(302);
    expect(back.next).toBe(`${returnTo}&connection=customer-7&status=connected`);
    expect(await states()).toEqual(['ready']);
    const made = await stage.manage({
      operation: 'createWebhook',
      connection: 'customer-7',
      resource: stage.project,
    });
    expect(made.registry.status).toBe('active');
    // Neither address works a second time.
    expect((await own.go(asana.next)).status).toBe(404);
    expect((await own.go(authorizationUrl)).status).toBe(404);
    expect(stage.logs.join()).not.toMatch(/hush|code=/);
  });

  it('refuses access, and is redirected to returnTo with status=refused', async () => {
    stage.simulator.controls.setConsent('refuse');
    const own = browser();
    const { next } = await own.go((await begin()).authorizationUrl);
    const back = await own.go((await own.go(next)).next);
    expect(back.next).toBe(`${returnTo}&connection=customer-7&status=refused`);
    expect(await states()).toEqual([]);
  });

  it('must finish in the browser that began; another browser gets 404', async () => {
    const { authorizationUrl } = await begin();
    const [own, other] = [browser(), browser()];
    const { next } = await own.go(authorizationUrl);
    // The first browser has begun, so the address does not work in another browser.
    expect((await other.go(authorizationUrl)).status).toBe(404);
    const callback = (await own.go(next)).next;
    const stolen = await other.go(callback);
    expect(stolen).toMatchObject({ status: 404, text: expect.stringContaining('start again') });
    expect(await states()).toEqual([]);
    // The attempt of the other browser did not use up the callback address.
    expect((await own.go(callback)).next).toContain('status=connected');
  });

  it('receives only status=failed after a failure', async () => {
    const own = browser();
    const { next } = await own.go((await begin()).authorizationUrl);
    const callback = new URL((await own.go(next)).next);
    callback.searchParams.set('code', 'another');
    expect((await own.go(callback.href)).next).toBe(`${returnTo}&connection=customer-7&status=failed`);
    expect(await states()).toEqual([]);
  });

  it.each([
    ['another host', 'https://evil.example.com/connected'],
    ['a host that begins with the allowed host', 'https://product.example.com.evil.com/connected'],
    ['a path that begins with the allowed path', 'https://product.example.com/connected-evil'],
    ['another scheme', 'http://product.example.com/connected'],
    [
      'a host with the allowed host as user name in front',
      'https://product.example.com@evil.example.com/connected',
    ],
  ])('is never redirected to %s', async (_, to) => {
    await expect(begin(to)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('returnTo is not an address to which customers may be sent'),
    });
  });

  it('may be redirected to a path below an allowed address', async () => {
    expect((await begin('https://product.example.com/connected/asana')).authorizationUrl).toBeTruthy();
  });

  it.each(['', '?state=x', `?state=${'A'.repeat(43)}`, `?state=${'A'.repeat(43)}&code=c`])(
    'gets 404 for a query that was not issued: %s',
    async (query) => {
      for (const name of ['start', 'callback']) {
        const { status, next } = await browser().go(`${stage.local.apiUrl}/oauth/${name}${query}`);
        expect({ status, next }).toEqual({ status: 404, next: '' });
      }
    },
  );

  it('cannot begin if no OAuth app is configured', async () => {
    await configure({});
    await expect(begin()).rejects.toMatchObject({ name: 'OAuthNotConfigured' });
  });

  it('cannot finish at a terminal, and a browser cannot start a terminal authorization', async () => {
    const { state } = await begin();
    await expect(stage.manage({ operation: 'finishOAuth', state, code: 'c' })).rejects.toMatchObject({
      name: 'OAuthStateUnknown',
    });
    const terminal = await stage.manage<{ data: { state: string } }>({
      operation: 'beginOAuth',
      connection: 'x',
      redirectUri: 'http://127.0.0.1:5/callback',
    });
    const { status } = await browser().go(`${stage.local.apiUrl}/oauth/start?state=${terminal.data.state}`);
    expect(status).toBe(404);
  });
});

it('the OAuth routes answer 404 if no return address is configured', async () => {
  const bare = await setClockedStage();
  expect((await fetch(`${bare.local.apiUrl}/oauth/start?state=${'A'.repeat(43)}`)).status).toBe(404);
  await expect(bare.manage({ operation: 'beginOAuth', connection: 'x', returnTo })).rejects.toMatchObject({
    name: 'InvalidRequest',
  });
  await bare.close();
});
