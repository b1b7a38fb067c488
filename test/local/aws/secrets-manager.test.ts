import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAws } from '../../../local/aws/account.ts';
import type { Listening } from '../../../local/aws/listen.ts';
import { startSecretsManager } from '../../../local/aws/secrets-manager.ts';

let server: Listening;
let client: SecretsManagerClient;
beforeAll(async () => {
  server = await startSecretsManager({ first: 'one' });
  client = new SecretsManagerClient({ ...localAws, endpoint: server.url });
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
    await client.send(new DeleteSecretCommand({ SecretId: 'short-lived' }));
    expect(await names()).not.toContain('short-lived');
  });
});
