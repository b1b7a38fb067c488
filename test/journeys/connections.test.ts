import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Knobs } from '../../local/asana-simulator/knobs.ts';
import { localAws } from '../../local/aws/account.ts';
import { connectionSecretPrefix, oauthAppSecret } from '../../local/start-local.ts';
import { type ClockedStage, setClockedStage } from './stage.ts';

const redirectUri = 'http://127.0.0.1:5000/callback';
const app = {
  clientId: '1200',
  clientSecret: 'the-app-secret',
  redirectUris: ['http://127.0.0.1/callback'],
  scopes: null,
};

let stage: ClockedStage;
afterEach(() => stage.close());

async function begin(knobs: Partial<Knobs> = {}, scopes: readonly string[] | null = null): Promise<void> {
  stage = await setClockedStage(knobs);
  stage.simulator.controls.registerApp({ ...app, scopes });
  await putSecret(oauthAppSecret, { clientId: app.clientId, clientSecret: app.clientSecret });
}

async function storedToken(connection: string): Promise<unknown> {
  return (await storedSecret(connection)).personalAccessToken;
}

async function storedSecret(connection: string): Promise<Record<string, unknown>> {
  const client = new SecretsManagerClient({ ...localAws, endpoint: stage.local.secretsManagerUrl });
  const SecretId = connectionSecretPrefix + connection;
  const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId }));
  return JSON.parse(SecretString) as Record<string, unknown>;
}

async function putSecret(SecretId: string, value: object): Promise<void> {
  const client = new SecretsManagerClient({ ...localAws, endpoint: stage.local.secretsManagerUrl });
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }));
}

interface Begun {
  readonly data: { readonly authorizationUrl: string; readonly state: string };
}

interface Checked {
  readonly data: Record<string, unknown>;
}

/** Acts as the browser of a person: follows the redirect to Asana, and returns with Asana's answer. */
async function authorize(connection: string, scopes?: readonly string[]) {
  const { data } = await stage.manage<Begun>({ operation: 'beginOAuth', connection, redirectUri, scopes });
  const answer = await fetch(data.authorizationUrl, { redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? '');
  return { ...data, back, code: back.searchParams.get('code') ?? '', status: answer.status };
}

async function connect(connection: string, scopes?: readonly string[]): Promise<Checked> {
  const { state, code } = await authorize(connection, scopes);
  return stage.manage<Checked>({ operation: 'finishOAuth', state, code });
}

const list = (connection: string) =>
  stage.manage({ operation: 'getWebhooks', workspace: stage.workspace, connection });

describe('a connection by personal access token', () => {
  beforeEach(() => begin());

  it('is checked, listed and deleted, and its token is never shown', async () => {
    const { controls } = stage.simulator;
    const user = String(stage.local.token.split('/')[1]);
    const token = controls.newToken(user);
    const checked = await stage.manage<Checked>({
      operation: 'putConnection',
      connection: 'sales',
      personalAccessToken: ` ${token}\n`,
    });
    expect(checked.data).toEqual({
      connection: 'sales',
      kind: 'personalAccessToken',
      state: 'ready',
      user: { gid: user, name: 'Example user', email: 'user@example.com' },
      workspaces: [{ gid: stage.workspace, name: 'Example workspace' }],
      scopes: null,
      missingScopes: [],
      can: { readWebhooks: true, writeWebhooks: true, deleteWebhooks: true, readEvents: true },
    });
    const listed = await stage.manage<Checked>({ operation: 'listConnections' });
    expect(listed.data).toEqual([
      { connection: 'default', kind: 'personalAccessToken', state: 'ready' },
      { connection: 'sales', kind: 'personalAccessToken', state: 'ready' },
    ]);
    expect(await stage.manage({ operation: 'deleteConnection', connection: 'sales' })).toEqual({
      data: { connection: 'sales', webhooks: 0, grant: 'none' },
    });
    await expect(list('sales')).rejects.toMatchObject({ name: 'ConnectionNotReady' });
    expect(JSON.stringify([checked, listed]) + stage.logs.join()).not.toContain(token);
  });

  it('is not stored if Asana does not know the token, and the old token stays', async () => {
    const wrong = { operation: 'putConnection', personalAccessToken: '2/1/2:wrong-token' };
    await expect(stage.manage({ ...wrong, connection: 'sales' })).rejects.toMatchObject({
      name: 'ConnectionNotReady',
      message: expect.stringContaining(
        'Asana does not accept this token, so nothing was stored in connection "sales"',
      ),
    });
    await expect(stage.manage({ ...wrong, connection: 'default' })).rejects.toThrow();
    expect(await stage.manage<Checked>({ operation: 'listConnections' })).toMatchObject({
      data: [{ connection: 'default', state: 'ready' }],
    });
    expect(await list('default')).toHaveProperty('data');
    expect(stage.logs.join()).not.toContain('wrong-token');
  });

  it.each([
    ['answers 503', { kind: 'status', status: 503 }, 'AsanaUnavailable'],
    ['answers 429', { kind: 'status', status: 429, retryAfterSeconds: 60 }, 'AsanaRateLimited'],
    ['does not answer', { kind: 'hang' }, 'AsanaTimeout'],
  ] as const)('is not changed while Asana %s, and the old token stays', async (_, fault, name) => {
    const { controls } = stage.simulator;
    const token = controls.newToken(String(stage.local.token.split('/')[1]));
    controls.addFault({ on: 'api', path: '/users/me', ...fault });
    const put = { operation: 'putConnection', connection: 'default', personalAccessToken: token };
    await expect(stage.manage(put)).rejects.toMatchObject({ name });
    expect(await storedToken('default')).toBe(stage.local.token);
    controls.clearFaults();
    expect(await stage.manage(put)).toMatchObject({ data: { state: 'ready' } });
    expect(await storedToken('default')).toBe(token);
  });

  it('is replaced even if its secret cannot be parsed', async () => {
    await putSecret(`${connectionSecretPrefix}default`, { personalAccessToken: 5 });
    const put = { operation: 'putConnection', connection: 'default', personalAccessToken: stage.local.token };
    expect(await stage.manage(put)).toMatchObject({ data: { state: 'ready' } });
  });

  it('is refused if its secret was replaced by a token that Asana does not accept', async () => {
    await list('default');
    await putSecret(`${connectionSecretPrefix}default`, { personalAccessToken: '2/1/2:wrong-token' });
    const check = { operation: 'checkConnection', connection: 'default' };
    // The container still remembers the old token, which works.
    expect(await stage.manage<Checked>(check)).toMatchObject({ data: { state: 'refused', user: null } });
  });

  it('is reported as empty, unreadable, refused or not found if it does not work', async () => {
    const check = (connection: string) => stage.manage<Checked>({ operation: 'checkConnection', connection });
    await putSecret(`${connectionSecretPrefix}default`, {});
    expect(await check('default')).toMatchObject({ data: { state: 'empty', user: null } });
    await putSecret(`${connectionSecretPrefix}default`, { personalAccessToken: 5 });
    expect(await check('default')).toMatchObject({ data: { state: 'unreadable' } });
    await putSecret(`${connectionSecretPrefix}default`, { personalAccessToken: stage.local.token });
    expect(await check('default')).toMatchObject({ data: { state: 'ready' } });
    stage.simulator.controls.refuse(stage.local.token, 'revoked');
    expect(await check('default')).toMatchObject({ data: { state: 'refused', user: null } });
    await expect(check('nobody')).rejects.toMatchObject({ name: 'ConnectionNotFound' });
  });

  it('is not deleted while it has webhooks, unless forced', async () => {
    await stage.manage({ operation: 'createWebhook', resource: stage.project });
    const gone = { operation: 'deleteConnection', connection: 'default' };
    await expect(stage.manage(gone)).rejects.toMatchObject({
      name: 'ConnectionInUse',
      message: expect.stringContaining('has 1 webhooks'),
    });
    expect(await stage.manage({ ...gone, force: true })).toMatchObject({ data: { webhooks: 1 } });
    await expect(stage.manage({ ...gone, connection: 'nobody' })).rejects.toMatchObject({
      name: 'ConnectionNotFound',
      message: expect.stringContaining('Existing connections: default'),
    });
  });
});

describe('a connection by OAuth2', () => {
  it('is created after a person’s consent, and works', async () => {
    await begin();
    const { data } = await connect('customer');
    expect(data).toMatchObject({
      connection: 'customer',
      kind: 'oauth2',
      state: 'ready',
      user: { name: 'Example user' },
      scopes: null,
      can: { readEvents: true },
      expiresAt: expect.any(String),
    });
    const made = await stage.manage({
      operation: 'createWebhook',
      connection: 'customer',
      resource: stage.project,
    });
    expect(made.registry.status).toBe('active');
    const { gid } = data.user as { gid: string };
    expect(await storedSecret('customer')).toMatchObject({ oauth2: { userGid: gid } });
    expect(stage.logs.join()).not.toContain(app.clientSecret);
  });

  it('asks for consent with PKCE and a state', async () => {
    await begin();
    const { data } = await stage.manage<Begun>({ operation: 'beginOAuth', connection: 'c', redirectUri });
    const { searchParams } = new URL(data.authorizationUrl);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: '1200',
      redirect_uri: redirectUri,
      response_type: 'code',
      state: data.state,
      code_challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      code_challenge_method: 'S256',
    });
  });

  it('accepts a state once, and refuses a state that it did not issue', async () => {
    await begin();
    const { state, code } = await authorize('customer');
    const finish = { operation: 'finishOAuth', state, code };
    const tries = await Promise.allSettled([stage.manage(finish), stage.manage(finish)]);
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(stage.manage(finish)).rejects.toMatchObject({ name: 'OAuthStateUnknown' });
    await expect(stage.manage({ ...finish, state: 'A'.repeat(43) })).rejects.toMatchObject({
      name: 'OAuthStateUnknown',
    });
  });

  it('has the requested scopes, and reports which operations it cannot do', async () => {
    const scopes = ['webhooks:read', 'webhooks:write', 'workspaces:read'];
    await begin({}, [...scopes, 'webhooks:delete']);
    const { data } = await connect('customer', scopes);
    expect(data).toMatchObject({
      scopes,
      state: 'ready',
      user: null,
      missingScopes: ['users:read'],
      can: { readWebhooks: true, writeWebhooks: true, deleteWebhooks: false, readEvents: false },
    });
    const made = await stage.manage({
      operation: 'createWebhook',
      connection: 'customer',
      resource: stage.project,
    });
    await expect(
      stage.manage({ operation: 'deleteWebhook', webhookGid: made.data.gid }),
    ).rejects.toMatchObject({ name: 'AsanaForbidden', message: expect.stringContaining('webhooks:delete') });
  });

  it.each([
    ['the person refuses', {}, undefined, 'access_denied'],
    ['the app has no such scope', {}, ['webhooks:read'], 'forbidden_scopes'],
  ])('is not created if %s', async (_, knobs, scopes, error) => {
    await begin(knobs);
    if (error === 'access_denied') stage.simulator.controls.setConsent('refuse');
    expect((await authorize('customer', scopes)).back.searchParams.get('error')).toBe(error);
  });

  it('is not created if the code is wrong or the app is not configured', async () => {
    await begin();
    const { state } = await authorize('customer');
    await expect(stage.manage({ operation: 'finishOAuth', state, code: 'wrong' })).rejects.toMatchObject({
      name: 'OAuthRefused',
      message: expect.stringContaining('invalid_grant'),
    });
    await putSecret(oauthAppSecret, {});
    await expect(
      stage.manage({ operation: 'beginOAuth', connection: 'c', redirectUri }),
    ).rejects.toMatchObject({ name: 'OAuthNotConfigured' });
  });

  it('is refreshed once for ten simultaneous callers in ten containers', async () => {
    await begin();
    await connect('customer');
    const calls = stage.simulator.controls.tokenCalls();
    await expireTokens();
    const answers = await Promise.all(Array.from({ length: 10 }, () => list('customer')));
    expect(answers).toHaveLength(10);
    expect(stage.simulator.controls.tokenCalls()).toBe(calls + 1);
  });

  it.each([false, true])(
    'survives if the answer to its refresh is lost (new refresh tokens: %s)',
    async (rotate) => {
      await begin({ rotateRefreshTokens: rotate });
      await connect('customer');
      await expireTokens();
      const { controls } = stage.simulator;
      controls.addFault({ on: 'api', path: '/-/oauth_token', kind: 'act-then-reset', times: 3 });
      await expect(list('customer')).rejects.toMatchObject({ name: 'AsanaUnavailable' });
      expect(await list('customer')).toHaveProperty('data');
      await expireTokens();
      expect(await list('customer')).toHaveProperty('data');
    },
  );

  it('is shown as revoked after the person revokes it, and can be connected again', async () => {
    await begin();
    await connect('customer');
    stage.simulator.controls.revokeApp(app.clientId);
    await expect(list('customer')).rejects.toMatchObject({
      name: 'ConnectionNotReady',
      message: expect.stringContaining('its grant was revoked'),
    });
    const check = { operation: 'checkConnection', connection: 'customer' };
    expect(await stage.manage<Checked>(check)).toMatchObject({
      data: { state: 'revoked', user: null, can: { readWebhooks: false } },
    });
    const { data } = await stage.manage<{ data: readonly object[] }>({ operation: 'listConnections' });
    expect(data).toContainEqual(expect.objectContaining({ connection: 'customer', state: 'revoked' }));
    expect((await connect('customer')).data).toMatchObject({ state: 'ready' });
  });

  it('is revoked at Asana when it is deleted', async () => {
    await begin();
    await connect('customer');
    expect(await stage.manage({ operation: 'deleteConnection', connection: 'customer' })).toEqual({
      data: { connection: 'customer', webhooks: 0, grant: 'revoked' },
    });
  });

  it('is not deleted while Asana does not revoke its grant, unless forced', async () => {
    await begin();
    await connect('customer');
    const gone = { operation: 'deleteConnection', connection: 'customer' };
    stage.simulator.controls.addFault({ on: 'api', path: '/-/oauth_revoke', kind: 'status', status: 503 });
    await expect(stage.manage(gone)).rejects.toMatchObject({
      name: 'AsanaUnavailable',
      message: expect.stringContaining('The connection was not deleted'),
    });
    expect(await list('customer')).toHaveProperty('data');
    expect(await stage.manage({ ...gone, force: true })).toMatchObject({ data: { grant: 'not-revoked' } });
    await expect(list('customer')).rejects.toMatchObject({ name: 'ConnectionNotReady' });
  });

  it.each([
    ['429', 429, 'AsanaRateLimited'],
    ['403 of a gateway', 403, 'AsanaUnavailable'],
    ['503', 503, 'AsanaUnavailable'],
  ])('keeps its grant if the refresh is answered with %s', async (_, status, name) => {
    await begin();
    await connect('customer');
    await expireTokens();
    const { controls } = stage.simulator;
    controls.addFault({ on: 'api', path: '/-/oauth_token', kind: 'status', status });
    await expect(list('customer')).rejects.toMatchObject({ name });
    controls.clearFaults();
    expect(await list('customer')).toHaveProperty('data');
  });

  it('keeps its grant if the app is not configured for a while', async () => {
    await begin();
    await connect('customer');
    await expireTokens();
    await putSecret(oauthAppSecret, { clientId: app.clientId, clientSecret: 'wrong' });
    await expect(list('customer')).rejects.toMatchObject({ name: 'OAuthNotConfigured' });
    await putSecret(oauthAppSecret, { clientId: app.clientId, clientSecret: app.clientSecret });
    expect(await list('customer')).toHaveProperty('data');
  });

  it.each([
    ['customer', undefined],
    ['default', { connection: 'default', kind: 'empty', state: 'empty' }],
  ])('%s stays deleted if it is deleted while its token is refreshed', async (connection, left) => {
    await begin();
    await connect(connection);
    await expireTokens();
    const { controls } = stage.simulator;
    const calls = controls.tokenCalls();
    controls.addFault({ on: 'api', path: '/-/oauth_token', kind: 'latency', ms: 4_000, times: 1 });
    // Asana does not revoke the grant, so the refresh succeeds.
    controls.addFault({ on: 'api', path: '/-/oauth_revoke', kind: 'status', status: 503, times: 1 });
    const call = list(connection).catch((error: Error) => error);
    await stage.clock.sleep(1_000);
    await stage.manage({ operation: 'deleteConnection', connection, force: true });
    expect(controls.tokenCalls()).toBe(calls);
    expect(await call).toMatchObject({ name: 'ConnectionNotReady' });
    expect(controls.tokenCalls()).toBe(calls + 1);
    const { data } = await stage.manage<{ data: { connection: string }[] }>({
      operation: 'listConnections',
    });
    expect(data.find((facts) => facts.connection === connection)).toEqual(left);
  });

  /** Lets every access token expire, and replaces the containers by new containers. */
  async function expireTokens(): Promise<void> {
    await stage.clock.sleep(3_600_000);
    await stage.local.functions.management.crash();
  }
});
