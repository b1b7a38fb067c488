import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  LimitExceededException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localAws } from '../../../local/aws/account.ts';
import type { Listening } from '../../../local/aws/listen.ts';
import { startSecretsManager } from '../../../local/aws/secrets-manager.ts';

let server: Listening;
let client: SecretsManagerClient;
beforeAll(async () => {
  server = await startSecretsManager({ first: 'one' });
  // The SDK repeats a LimitExceededException.
  client = new SecretsManagerClient({ ...localAws, endpoint: server.url, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const secretValue = async (input: { SecretId: string; VersionId?: string; VersionStage?: string }) =>
  (await client.send(new GetSecretValueCommand(input))).SecretString;

describe('the local Secrets Manager, through the SDK', () => {
  it('has the secrets from its start', async () => {
    expect(await secretValue({ SecretId: 'first' })).toBe('one');
  });

  it('finds a secret by name and by ARN', async () => {
    const { ARN } = await client.send(new DescribeSecretCommand({ SecretId: 'first' }));
    expect(await secretValue({ SecretId: ARN ?? '' })).toBe('one');
  });

  it('keeps versions', async () => {
    const { VersionId } = await client.send(
      new CreateSecretCommand({ Name: 'versioned', SecretString: 'a' }),
    );
    await client.send(new PutSecretValueCommand({ SecretId: 'versioned', SecretString: 'b' }));
    expect(await secretValue({ SecretId: 'versioned' })).toBe('b');
    expect(await secretValue({ SecretId: 'versioned', VersionStage: 'AWSPREVIOUS' })).toBe('a');
    expect(await secretValue({ SecretId: 'versioned', VersionId })).toBe('a');
  });

  it('uses the error names of AWS', async () => {
    await expect(secretValue({ SecretId: 'nothing' })).rejects.toThrow(ResourceNotFoundException);
    const again = client.send(new CreateSecretCommand({ Name: 'first', SecretString: 'x' }));
    await expect(again).rejects.toThrow(ResourceExistsException);
  });

  it('lists and deletes secrets', async () => {
    await client.send(new CreateSecretCommand({ Name: 'short-lived', SecretString: 'x' }));
    const names = async () =>
      (await client.send(new ListSecretsCommand({}))).SecretList?.map(({ Name }) => Name);
    expect(await names()).toContain('short-lived');
    await client.send(new DeleteSecretCommand({ SecretId: 'short-lived', ForceDeleteWithoutRecovery: true }));
    expect(await names()).not.toContain('short-lived');
    await client.send(new CreateSecretCommand({ Name: 'short-lived', SecretString: 'x' }));
  });

  it('refuses a secret that is marked for deletion, and does not list it', async () => {
    await client.send(new CreateSecretCommand({ Name: 'marked', SecretString: 'x' }));
    await client.send(new DeleteSecretCommand({ SecretId: 'marked' }));
    await expect(secretValue({ SecretId: 'marked' })).rejects.toThrow(InvalidRequestException);
    const again = client.send(new CreateSecretCommand({ Name: 'marked', SecretString: 'x' }));
    await expect(again).rejects.toThrow(InvalidRequestException);
    const { SecretList } = await client.send(new ListSecretsCommand({}));
    expect(SecretList?.map(({ Name }) => Name)).not.toContain('marked');
  });
});

describe('the staging labels of the local Secrets Manager', () => {
  let SecretId: string;
  let first: string;
  beforeEach(async () => {
    SecretId = randomUUID();
    const created = await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: 'a' }));
    first = created.VersionId ?? '';
  });

  const put = async (
    SecretString: string,
    more: { VersionStages?: string[]; ClientRequestToken?: string } = {},
  ) => (await client.send(new PutSecretValueCommand({ SecretId, SecretString, ...more }))).VersionId ?? '';
  const move = (MoveToVersionId?: string, RemoveFromVersionId?: string, VersionStage = 'AWSCURRENT') =>
    client.send(
      new UpdateSecretVersionStageCommand({ SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }),
    );
  const stages = async () => (await client.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages;

  it('leave the current version alone if a version is put with another label', async () => {
    const second = await put('b', { VersionStages: ['MINE'] });
    expect(await stages()).toEqual({ [first]: ['AWSCURRENT'], [second]: ['MINE'] });
    expect(await secretValue({ SecretId })).toBe('a');
    expect(await secretValue({ SecretId, VersionStage: 'MINE' })).toBe('b');
    const third = await put('c', { VersionStages: ['MINE'] });
    expect(await stages()).toEqual({ [first]: ['AWSCURRENT'], [third]: ['MINE'] });
    // A version without a label can still be read by its id.
    expect(await secretValue({ SecretId, VersionId: second })).toBe('b');
  });

  it('move AWSCURRENT only from the version that has it, and AWSPREVIOUS follows', async () => {
    const second = await put('b', { VersionStages: ['MINE'] });
    const other = await put('c', { VersionStages: ['OTHER'] });
    await expect(move(second)).rejects.toThrow(InvalidParameterException);
    await expect(move(second, other)).rejects.toThrow(InvalidParameterException);
    await move(second, first);
    expect(await stages()).toEqual({
      [first]: ['AWSPREVIOUS'],
      [second]: expect.arrayContaining(['AWSCURRENT', 'MINE']),
      [other]: ['OTHER'],
    });
    // The loser, and the repetition of a move whose answer was lost.
    await expect(move(other, first)).rejects.toThrow(InvalidParameterException);
    await expect(move(second, first)).rejects.toThrow(InvalidParameterException);
    await expect(move(randomUUID(), second)).rejects.toThrow(ResourceNotFoundException);
  });

  it('can be removed, except AWSCURRENT', async () => {
    const second = await put('b', { VersionStages: ['MINE'] });
    await expect(move(undefined, first, 'MINE')).rejects.toThrow(InvalidParameterException);
    await move(undefined, second, 'MINE');
    expect(await stages()).toEqual({ [first]: ['AWSCURRENT'] });
    await expect(move(undefined, first)).rejects.toThrow(InvalidParameterException);
  });

  it('number at most 20', async () => {
    for (let count = 1; count < 20; count += 1) await put('b', { VersionStages: [`L${count}`] });
    await expect(put('b', { VersionStages: ['L20'] })).rejects.toThrow(LimitExceededException);
  });

  it('do not change if a request with the same token is repeated', async () => {
    const ClientRequestToken = randomUUID();
    expect(await put('b', { ClientRequestToken })).toBe(ClientRequestToken);
    expect(await put('b', { ClientRequestToken })).toBe(ClientRequestToken);
    await expect(put('c', { ClientRequestToken })).rejects.toThrow(ResourceExistsException);
    expect(await stages()).toEqual({ [first]: ['AWSPREVIOUS'], [ClientRequestToken]: ['AWSCURRENT'] });
  });
});
