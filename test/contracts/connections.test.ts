import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConnectionStore } from '../../adapters/aws/connection-store.ts';
import { createOAuthRequests } from '../../adapters/aws/oauth-requests.ts';
import type { Credentials } from '../../core/connections/credentials.ts';
import type { ConnectionStore, OAuthRequests } from '../../core/connections/ports.ts';
import { newHookKey } from '../../core/webhook.ts';
import { localAws } from '../../local/aws/account.ts';
import { startDynamoDb } from '../../local/aws/dynamodb.ts';
import { startSecretsManager } from '../../local/aws/secrets-manager.ts';
import { tables } from '../../local/aws/tables.ts';
import { createMemoryConnections, createMemoryOAuthRequests } from '../memory/connections.ts';

interface Subject {
  readonly connections: ConnectionStore;
  readonly requests: OAuthRequests;
  close(): Promise<void>;
}

async function inMemory(): Promise<Subject> {
  return {
    connections: createMemoryConnections(),
    requests: createMemoryOAuthRequests(),
    close: async () => undefined,
  };
}

const prefix = 'Stack/connections/';

async function inAws(): Promise<Subject> {
  const secrets = await startSecretsManager({
    [`${prefix}default`]: '{}',
    'Stack/other': 'x',
    'Other/a': '{}',
  });
  const dynamodb = await startDynamoDb([tables.registry]);
  const client = new SecretsManagerClient({ ...localAws, endpoint: secrets.url });
  const dynamo = new DynamoDBClient({ ...localAws, endpoint: dynamodb.url });
  return {
    connections: createConnectionStore(client, prefix),
    requests: createOAuthRequests(dynamo, tables.registry.TableName),
    async close() {
      client.destroy();
      dynamo.destroy();
      await secrets.close();
      await dynamodb.close();
    },
  };
}

const now = new Date('2026-11-23T10:00:00.000Z');
const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

const personal: Credentials = { kind: 'personalAccessToken', token: '2/1/2:abc' };
const granted: Credentials = {
  kind: 'oauth2',
  accessToken: 'a',
  refreshToken: 'r',
  expiresAt: inSeconds(3_600),
  scopes: ['webhooks:read'],
};

describe.each([
  ['memory', inMemory],
  ['AWS', inAws],
] as const)('connections in %s', (_, start) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject.close());

  const read = async (connection: string) => (await subject.connections.read(connection))?.credentials;
  const versionOf = async (connection: string) =>
    (await subject.connections.read(connection))?.version ?? 'none';

  it.each<[string, Credentials]>([
    ['a personal access token', personal],
    ['a grant', granted],
    ['a grant with full permissions', { ...granted, scopes: null }],
    ['a grant with its user', { ...granted, userGid: '1200000000000001' }],
    ['a grant that was taken back', { ...granted, revokedAt: now }],
    ['nothing', { kind: 'empty' }],
  ])('read() returns %s as write() stored it', async (_, credentials) => {
    await subject.connections.write('sales', credentials);
    expect(await read('sales')).toEqual(credentials);
  });

  it('names() returns every connection in order, and nothing else', async () => {
    await subject.connections.write('zeta', personal);
    await subject.connections.write('alpha', granted);
    const names = await subject.connections.names();
    expect(names).toEqual(expect.arrayContaining(['alpha', 'default', 'zeta']));
    expect(names).toEqual([...names].sort());
    expect(names).not.toContain('a');
  });

  it('remove() removes a connection, and empties the default connection of the stack', async () => {
    await subject.connections.write('gone', personal);
    await subject.connections.write('default', personal);
    for (const name of ['gone', 'gone', 'default']) await subject.connections.remove(name);
    expect(await read('gone')).toBeUndefined();
    expect(await read('default')).toEqual({ kind: 'empty' });
    await subject.connections.write('gone', granted);
    expect(await read('gone')).toEqual(granted);
  });

  it('replace() writes if the connection still has the version that was read', async () => {
    await subject.connections.write('replaced', granted);
    const version = await versionOf('replaced');
    expect(await versionOf('replaced')).toBe(version);
    const fresh: Credentials = { ...granted, accessToken: 'b' };
    expect(await subject.connections.replace('replaced', version, fresh)).toBe(true);
    expect(await read('replaced')).toEqual(fresh);
    expect(await versionOf('replaced')).not.toBe(version);
    const next = { ...granted, accessToken: 'c' };
    expect(await subject.connections.replace('replaced', await versionOf('replaced'), next)).toBe(true);
    expect(await read('replaced')).toEqual(next);
  });

  it('replace() changes nothing if the connection has another version', async () => {
    await subject.connections.write('replaced', granted);
    const version = await versionOf('replaced');
    await subject.connections.write('replaced', personal);
    expect(await subject.connections.replace('replaced', version, granted)).toBe(false);
    expect(await read('replaced')).toEqual(personal);
  });

  it('replace() by ten callers at once succeeds for one caller', async () => {
    await subject.connections.write('replaced', granted);
    const version = await versionOf('replaced');
    const done = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => ({
        accessToken: `${index}`,
        ok: await subject.connections.replace('replaced', version, { ...granted, accessToken: `${index}` }),
      })),
    );
    const [winner, ...others] = done.filter(({ ok }) => ok);
    expect(others).toEqual([]);
    expect(await read('replaced')).toEqual({ ...granted, accessToken: winner?.accessToken });
  });

  it('replace() never brings back a connection that was removed', async () => {
    await subject.connections.write('removed', granted);
    const version = await versionOf('removed');
    await subject.connections.remove('removed');
    expect(await subject.connections.replace('removed', version, granted)).toBe(false);
    expect(await read('removed')).toBeUndefined();
    await subject.connections.write('removed', personal);
    expect(await subject.connections.replace('removed', version, granted)).toBe(false);
    expect(await read('removed')).toEqual(personal);
  });

  it('replace() does not overwrite the default connection after it was emptied', async () => {
    await subject.connections.write('default', granted);
    const version = await versionOf('default');
    await subject.connections.remove('default');
    expect(await subject.connections.replace('default', version, granted)).toBe(false);
    expect(await read('default')).toEqual({ kind: 'empty' });
  });

  it('take() returns an authorization once, and not after it expires', async () => {
    const request = (expiresAt: Date) => ({
      id: newHookKey(),
      connection: 'sales',
      redirectUri: 'http://127.0.0.1:5000/',
      codeVerifier: 'v',
      scopes: null,
      expiresAt,
    });
    const [first, late] = [request(inSeconds(600)), request(inSeconds(600))];
    await subject.requests.add(first);
    await subject.requests.add(late);
    const taken = await Promise.all(Array.from({ length: 5 }, () => subject.requests.take(first.id, now)));
    expect(taken.filter((request) => request !== undefined)).toEqual([first]);
    expect(await subject.requests.take(late.id, inSeconds(600))).toBeUndefined();
    expect(await subject.requests.take(newHookKey(), now)).toBeUndefined();
  });

  it('bind() stores one browser, and find() does not remove the authorization', async () => {
    const request = {
      id: newHookKey(),
      connection: 'sales',
      redirectUri: 'https://hooks.example.com/oauth/callback',
      codeVerifier: 'v',
      scopes: ['webhooks:read'],
      expiresAt: inSeconds(600),
      returnTo: 'https://product.example.com/',
    };
    await subject.requests.add(request);
    const bound = await Promise.all(
      ['a', 'b', 'c'].map((name) => subject.requests.bind(request.id, name, now)),
    );
    expect(bound.filter(Boolean)).toHaveLength(1);
    const found = await subject.requests.find(request.id, now);
    expect(found).toEqual({ ...request, browser: expect.stringMatching(/^[abc]$/) });
    expect(await subject.requests.find(request.id, inSeconds(600))).toBeUndefined();
    expect(await subject.requests.find(newHookKey(), now)).toBeUndefined();
    expect(await subject.requests.bind(newHookKey(), 'a', now)).toBe(false);
    expect(await subject.requests.take(request.id, now)).toEqual(found);
  });

  it('find(), bind() and take() refuse an authorization from the moment at which it expires', async () => {
    const request = {
      id: newHookKey(),
      connection: 'sales',
      redirectUri: 'https://hooks.example.com/oauth/callback',
      codeVerifier: 'v',
      scopes: null,
      expiresAt: inSeconds(600),
    };
    await subject.requests.add(request);
    for (const late of [inSeconds(600), inSeconds(601)]) {
      expect(await subject.requests.find(request.id, late)).toBeUndefined();
      expect(await subject.requests.bind(request.id, 'a', late)).toBe(false);
    }
    // The refused browser left no trace.
    expect(await subject.requests.find(request.id, inSeconds(599))).toEqual(request);
    expect(await subject.requests.bind(request.id, 'b', inSeconds(599))).toBe(true);
    expect(await subject.requests.take(request.id, inSeconds(600))).toBeUndefined();
  });
});

describe('a connection’s secret that was written by hand', () => {
  let client: SecretsManagerClient;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const secrets = await startSecretsManager({ [`${prefix}default`]: '{}' });
    client = new SecretsManagerClient({ ...localAws, endpoint: secrets.url });
    close = secrets.close;
  });
  afterAll(() => close());
  let store: ConnectionStore;
  beforeEach(() => {
    store = createConnectionStore(client, prefix);
  });
  const put = (SecretString: string) =>
    client.send(new PutSecretValueCommand({ SecretId: `${prefix}default`, SecretString }));

  it('may have white space around its token', async () => {
    await put('{"personalAccessToken":" 2/1/2:abc\\n"}');
    expect((await store.read('default'))?.credentials).toEqual(personal);
  });

  it.each([
    ['an empty token', '{"personalAccessToken":""}', 'it holds no personalAccessToken'],
    ['a token that is not text', '{"personalAccessToken":5}', 'it holds no personalAccessToken'],
    ['a token of two words', '{"personalAccessToken":"hunter 2"}', 'its personalAccessToken is not a token'],
    ['null', 'null', 'its secret is not a JSON object'],
    ['a value that is not JSON', 'hunter2', 'its secret is not a JSON object'],
    [
      'an incomplete grant',
      '{"oauth2":{"accessToken":"hunter2"}}',
      'its oauth2 credentials are not complete',
    ],
  ])('with %s causes an error that explains the problem and does not quote it', async (_, text, why) => {
    await put(text);
    const error = await store.read('default').catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: 'ConnectionNotReady', message: expect.stringContaining(why) });
    expect(String(error)).not.toContain('hunter');
  });
});
