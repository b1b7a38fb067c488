import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConnectionTokens } from '../../functions/aws/connection-tokens.ts';
import { localAws } from '../../local/aws.ts';
import type { Listening } from '../../local/listen.ts';
import { startSecretsManager } from '../../local/secrets-manager.ts';

let server: Listening;
let client: SecretsManagerClient;
let now: number;
const secretPrefix = 'Stack/connections/';

beforeAll(async () => {
  server = await startSecretsManager({
    [`${secretPrefix}default`]: '{}',
    [`${secretPrefix}sales`]: '{"personalAccessToken":"s"}',
  });
  client = new SecretsManagerClient({ ...localAws, endpoint: server.url });
});
afterAll(() => server.close());
beforeEach(() => {
  now = Date.parse('2026-11-23T10:00:00.000Z');
});

const tokens = () => createConnectionTokens(client, { secretPrefix, now: () => new Date(now) });
const store = (SecretString: string) =>
  client.send(new PutSecretValueCommand({ SecretId: `${secretPrefix}default`, SecretString }));

describe('connection tokens', () => {
  it('come from the secret of the connection, without white space around them', async () => {
    await store('{"personalAccessToken":" 2/1/2:abc\\n"}');
    expect(await tokens()('default').get()).toBe('2/1/2:abc');
    expect(await tokens()('sales').get()).toBe('s');
  });

  it('are kept for five minutes', async () => {
    const all = tokens();
    await store('{"personalAccessToken":"a"}');
    expect(await all('default').get()).toBe('a');
    await store('{"personalAccessToken":"b"}');
    now += 299_999;
    expect(await all('default').get()).toBe('a');
    now += 1;
    expect(await all('default').get()).toBe('b');
  });

  it('renew() answers another token than the refused one, or nothing', async () => {
    const all = tokens();
    await store('{"personalAccessToken":"a"}');
    await all('default').get();
    expect(await all('default').renew('a')).toBeUndefined();
    await store('{"personalAccessToken":"b"}');
    expect(await all('default').renew('a')).toBe('b');
    expect(await all('default').get()).toBe('b');
  });

  it.each([
    ['is empty', '{}', 'it holds no personalAccessToken'],
    ['holds an empty token', '{"personalAccessToken":""}', 'it holds no personalAccessToken'],
    ['holds no text', '{"personalAccessToken":5}', 'it holds no personalAccessToken'],
    ['is not JSON', 'hunter2', 'its value is not JSON'],
    ['is null', 'null', 'it holds no personalAccessToken'],
    ['holds what is no token', '{"personalAccessToken":"hunter2 hunter2"}', 'is not a token'],
  ])('are refused with what to do where the secret %s', async (_, value, why) => {
    await store(value);
    const failure = tokens()('default').get();
    await expect(failure).rejects.toMatchObject({
      name: 'ConnectionNotReady',
      message: expect.stringContaining(why),
    });
    await expect(failure).rejects.toThrow('into the secret Stack/connections/default');
    await expect(failure).rejects.toThrow(/^(?!.*hunter2)/);
  });

  it('are refused with what to do where there is no such secret', async () => {
    await expect(tokens()('nobody').get()).rejects.toMatchObject({
      name: 'ConnectionNotReady',
      message: expect.stringContaining('there is no such secret'),
    });
  });
});
