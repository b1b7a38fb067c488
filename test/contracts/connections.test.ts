import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConnectionStore } from '../../adapters/aws/connection-store.ts';
import type { Credentials } from '../../core/connections/credentials.ts';
import type { ConnectionStore } from '../../core/connections/ports.ts';
import { localAws } from '../../local/aws/account.ts';
import { startSecretsManager } from '../../local/aws/secrets-manager.ts';
import { createMemoryConnections } from '../memory/connections.ts';

interface Subject {
  readonly connections: ConnectionStore;
  close(): Promise<void>;
}

async function inMemory(): Promise<Subject> {
  return {
    connections: createMemoryConnections(),
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
  const client = new SecretsManagerClient({ ...localAws, endpoint: secrets.url });
  return {
    connections: createConnectionStore(client, prefix),
    async close() {
      client.destroy();
      await secrets.close();
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
