import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InternalServiceError,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConnectionStore } from '../../../adapters/aws/connection-store.ts';
import { replaceSecret } from '../../../adapters/aws/replace-secret.ts';
import { localAws } from '../../../local/aws/account.ts';
import type { Listening } from '../../../local/aws/listen.ts';
import { startSecretsManager } from '../../../local/aws/secrets-manager.ts';

let server: Listening;
let client: SecretsManagerClient;
let id: string;
let version: string;
let count = 0;

beforeAll(async () => {
  server = await startSecretsManager({});
});
afterAll(() => server.close());
beforeEach(async () => {
  client = new SecretsManagerClient({ ...localAws, endpoint: server.url, maxAttempts: 1 });
  count += 1;
  id = `Stack/connections/${count}`;
  const created = await client.send(new CreateSecretCommand({ Name: id, SecretString: 'old' }));
  version = created.VersionId ?? '';
});

const value = async () => (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
const stages = async () =>
  Object.values((await client.send(new DescribeSecretCommand({ SecretId: id }))).VersionIdsToStages ?? {})
    .flat()
    .sort();

type Send = SecretsManagerClient['send'];

/** Changes how the client carries out one command, once. */
function once(
  command: abstract new (...input: never[]) => object,
  carryOut: (really: () => Promise<unknown>) => unknown,
) {
  const { send } = client;
  client.send = ((wanted: object) => {
    const really = () => (send as (wanted: object) => Promise<unknown>).call(client, wanted);
    if (!(wanted instanceof command)) return really();
    client.send = send;
    return carryOut(really);
  }) as Send;
}

const lost = () => new InternalServiceError({ message: 'lost', $metadata: {} });

describe('replaceSecret()', () => {
  it('moves AWSCURRENT to the new value', async () => {
    expect(await replaceSecret(client, { id, version, text: 'new' })).toBe(true);
    expect(await value()).toBe('new');
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS', 'REPLACEMENT']);
  });

  it('leaves no label on a version that lost', async () => {
    await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: 'other' }));
    expect(await replaceSecret(client, { id, version, text: 'new' })).toBe(false);
    expect(await value()).toBe('other');
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  it('recognises its own success after the SDK repeated a move whose answer was lost', async () => {
    once(UpdateSecretVersionStageCommand, async (really) => {
      await really();
      return really();
    });
    expect(await replaceSecret(client, { id, version, text: 'new' })).toBe(true);
    expect(await value()).toBe('new');
  });

  it('recognises its own success if no answer to the move arrived', async () => {
    once(UpdateSecretVersionStageCommand, async (really) => {
      await really();
      throw lost();
    });
    expect(await replaceSecret(client, { id, version, text: 'new' })).toBe(true);
  });

  it('fails if the move was not carried out for another reason than the version', async () => {
    once(UpdateSecretVersionStageCommand, () => Promise.reject(lost()));
    await expect(replaceSecret(client, { id, version, text: 'new' })).rejects.toThrow(InternalServiceError);
    expect(await value()).toBe('old');
    expect(await stages()).toEqual(['AWSCURRENT']);
  });

  it('adds one version even if the SDK repeats the put', async () => {
    once(PutSecretValueCommand, async (really) => {
      await really();
      return really();
    });
    expect(await replaceSecret(client, { id, version, text: 'new' })).toBe(true);
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS', 'REPLACEMENT']);
  });

  it('works after any number of replacements that died between their two calls', async () => {
    for (let died = 0; died < 25; died += 1) {
      once(UpdateSecretVersionStageCommand, () => Promise.reject(lost()));
      await replaceSecret(client, { id, version, text: `dead ${died}` }).catch(() => undefined);
      // The label is left behind, as after the death of a container.
      await client.send(
        new PutSecretValueCommand({ SecretId: id, SecretString: 'x', VersionStages: ['REPLACEMENT'] }),
      );
    }
    expect(await replaceSecret(client, { id, version, text: 'new' })).toBe(true);
    expect(await stages()).toEqual(['AWSCURRENT', 'AWSPREVIOUS', 'REPLACEMENT']);
  });

  it.each([
    ['before', false],
    ['while', true],
  ])('does not bring back a secret that was deleted %s it runs', async (_, during) => {
    const remove = () =>
      client.send(new DeleteSecretCommand({ SecretId: id, ForceDeleteWithoutRecovery: true }));
    if (during) {
      once(UpdateSecretVersionStageCommand, async (really) => {
        await remove();
        return really();
      });
    } else await remove();
    expect(await replaceSecret(client, { id, version, text: 'new' })).toBe(false);
    await expect(value()).rejects.toThrow("can't find");
  });
});

describe('a secret that is marked for deletion', () => {
  it('counts as deleted', async () => {
    const store = createConnectionStore(client, 'Stack/connections/');
    await client.send(new DeleteSecretCommand({ SecretId: id }));
    expect(await store.read(String(count))).toBeUndefined();
    expect(await store.replace(String(count), version, { kind: 'empty' })).toBe(false);
    await expect(store.write(String(count), { kind: 'empty' })).rejects.toMatchObject({
      name: 'StorageUnavailable',
    });
  });
});
