import { randomBytes } from 'node:crypto';
import { type Platform, platform } from '../../functions/runtime/platform.ts';
import { localAccount, localAws } from './account.ts';
import { type Operation, ServiceError, startJsonService } from './json-service.ts';
import type { Listening } from './listen.ts';
import { createVersions, type SecretVersions } from './secret-versions.ts';

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly versions: SecretVersions;
  /** When the deletion was scheduled. Such a secret cannot be used, and its name is not free. */
  markedAt?: Date;
}

/**
 * Starts Secrets Manager in memory, because no npm package emulates it. It supports GetSecretValue,
 * CreateSecret, PutSecretValue, UpdateSecretVersionStage, DescribeSecret, ListSecrets and DeleteSecret in
 * the JSON 1.1 protocol that the SDKs use.
 */
export async function startSecretsManager(
  secrets: Readonly<Record<string, string>>,
  { now }: Pick<Platform, 'now'> = platform,
): Promise<Listening> {
  const store = new Map<string, Secret>();
  const operations = createOperations(store, now);
  for (const [Name, SecretString] of Object.entries(secrets))
    await operations.CreateSecret?.({ Name, SecretString });

  return startJsonService(operations);
}

function createOperations(
  store: Map<string, Secret>,
  now: Platform['now'],
): Readonly<Record<string, Operation>> {
  const search = ({ SecretId }: Readonly<Record<string, unknown>>): Secret => {
    const secret = [...store.values()].find(({ name, arn }) => name === SecretId || arn === SecretId);
    if (secret) return secret;
    throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  const find = (input: Readonly<Record<string, unknown>>): Secret => {
    const secret = search(input);
    if (secret.markedAt === undefined) return secret;
    throw new ServiceError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  };
  const nameOf = ({ name, arn }: Secret) => ({ ARN: arn, Name: name });

  return {
    CreateSecret(input) {
      const { Name } = input;
      if (typeof Name !== 'string') throw new ServiceError('InvalidParameterException', 'Name must be text.');
      const existing = store.get(Name);
      if (existing?.markedAt !== undefined) {
        throw new ServiceError(
          'InvalidRequestException',
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      }
      // The SDK repeats a request whose answer was lost, with the same token.
      if (existing !== undefined && !existing.versions.has(input.ClientRequestToken)) {
        throw new ServiceError('ResourceExistsException', `A resource with the ID ${Name} already exists.`);
      }
      const suffix = randomBytes(3).toString('hex');
      const arn = `arn:aws:secretsmanager:${localAws.region}:${localAccount}:secret:${Name}-${suffix}`;
      const secret = existing ?? { name: Name, arn, versions: createVersions(now) };
      const { id } = secret.versions.put({ ...input, VersionStages: undefined });
      store.set(Name, secret);
      return { ...nameOf(secret), VersionId: id };
    },
    PutSecretValue(input) {
      const secret = find(input);
      const { id, stages } = secret.versions.put(input);
      return { ...nameOf(secret), VersionId: id, VersionStages: stages };
    },
    UpdateSecretVersionStage(input) {
      const secret = find(input);
      secret.versions.moveStage(input);
      return nameOf(secret);
    },
    GetSecretValue(input) {
      const secret = find(input);
      const { id, stages, value, createdAt } = secret.versions.get(input);
      return {
        ...nameOf(secret),
        VersionId: id,
        VersionStages: stages,
        SecretString: value,
        CreatedDate: createdAt.getTime() / 1000,
      };
    },
    DescribeSecret: (input) => describe(search(input)),
    // A secret that is marked for deletion is not listed.
    ListSecrets: () => ({
      SecretList: [...store.values()].filter(({ markedAt }) => markedAt === undefined).map(describe),
    }),
    DeleteSecret(input) {
      const secret = search(input);
      if (input.ForceDeleteWithoutRecovery === true) store.delete(secret.name);
      else secret.markedAt = now();
      return { ...nameOf(secret), DeletionDate: now().getTime() / 1000 };
    },
  };
}

function describe({ name, arn, versions, markedAt }: Secret): object {
  return {
    Name: name,
    ARN: arn,
    VersionIdsToStages: versions.idsToStages(),
    ...(markedAt && { DeletedDate: markedAt.getTime() / 1000 }),
  };
}
