import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEncryptionKeys } from '../../../adapters/aws/encryption-keys.ts';
import { localAws } from '../../../local/aws/account.ts';
import type { Listening } from '../../../local/aws/listen.ts';
import { startSecretsManager } from '../../../local/aws/secrets-manager.ts';

let server: Listening;
let client: SecretsManagerClient;
let reads: number;
const first = { current: '1', 1: 'the first key' };

beforeAll(async () => {
  server = await startSecretsManager({ key: '{}' });
  client = new SecretsManagerClient({ ...localAws, endpoint: server.url });
  client.middlewareStack.add((next, { commandName }) => (args) => {
    if (commandName === GetSecretValueCommand.name) reads += 1;
    return next(args);
  });
});
afterAll(() => server.close());
beforeEach(async () => {
  await store(first);
  reads = 0;
});

const store = (value: unknown) =>
  client.send(
    new PutSecretValueCommand({
      SecretId: 'key',
      SecretString: typeof value === 'string' ? value : JSON.stringify(value),
    }),
  );

describe('the encryption key in Secrets Manager', () => {
  it('is read once', async () => {
    const keys = createEncryptionKeys(client, 'key');
    expect(await keys.current()).toEqual({ version: '1', material: 'the first key' });
    expect(await keys.current()).toEqual(await keys.version('1'));
    expect(reads).toBe(1);
  });

  it('is read again for a newer version', async () => {
    const keys = createEncryptionKeys(client, 'key');
    await keys.current();
    await store({ current: '2', 1: 'the first key', 2: 'the second key' });
    expect(await keys.version('2')).toEqual({ version: '2', material: 'the second key' });
    expect(await keys.current()).toMatchObject({ version: '2' });
    expect(await keys.version('1')).toMatchObject({ material: 'the first key' });
    expect(reads).toBe(2);
  });

  it.each([
    ['is not JSON', 'hunter2'],
    ['is JSON of another form', '["hunter2"]'],
    ['names a version that does not exist', { current: '9', 1: 'hunter2' }],
  ])('causes an error that does not quote its value, if its value %s', async (_, value) => {
    await store(value);
    const failure = createEncryptionKeys(client, 'key').current();
    await expect(failure).rejects.toMatchObject({ name: 'StorageUnavailable' });
    await expect(failure).rejects.toThrow(/^(?!.*hunter2)/);
  });

  it('is read again after a failure', async () => {
    await store('broken');
    const keys = createEncryptionKeys(client, 'key');
    await expect(keys.current()).rejects.toThrow();
    await store(first);
    expect(await keys.current()).toMatchObject({ version: '1' });
  });
});
