import { randomBytes, randomUUID } from 'node:crypto';
import { type Platform, platform } from '../../functions/runtime/platform.ts';
import { localAccount, localAws } from './account.ts';
import { type Operation, ServiceError, startJsonService } from './json-service.ts';
import type { Listening } from './listen.ts';

interface Secret {
  readonly name: string;
  readonly arn: string;
  /** The newest version is last. */
  readonly versions: { readonly id: string; readonly value: string; readonly createdAt: Date }[];
}

/**
 * Starts Secrets Manager in memory, because no npm package emulates it. It supports GetSecretValue,
 * CreateSecret, PutSecretValue, DescribeSecret, ListSecrets and DeleteSecret in the JSON 1.1 protocol that
 * the SDKs use.
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
  const find = ({ SecretId }: Readonly<Record<string, unknown>>): Secret => {
    const secret = [...store.values()].find(({ name, arn }) => name === SecretId || arn === SecretId);
    if (secret) return secret;
    throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  const put = (secret: Secret, value: unknown): object => {
    if (typeof value !== 'string')
      throw new ServiceError('InvalidRequestException', 'SecretString must be text.');
    secret.versions.push({ id: randomUUID(), value, createdAt: now() });
    return { ARN: secret.arn, Name: secret.name, VersionId: secret.versions.at(-1)?.id };
  };

  return {
    CreateSecret({ Name, SecretString }) {
      if (typeof Name !== 'string') throw new ServiceError('InvalidParameterException', 'Name must be text.');
      if (store.has(Name)) {
        throw new ServiceError('ResourceExistsException', `A resource with the ID ${Name} already exists.`);
      }
      const suffix = randomBytes(3).toString('hex');
      const arn = `arn:aws:secretsmanager:${localAws.region}:${localAccount}:secret:${Name}-${suffix}`;
      const secret = { name: Name, arn, versions: [] };
      const created = put(secret, SecretString);
      store.set(Name, secret);
      return created;
    },
    PutSecretValue: (input) => ({ ...put(find(input), input.SecretString), VersionStages: ['AWSCURRENT'] }),
    GetSecretValue(input) {
      const { name, arn, versions } = find(input);
      const version = pickVersion(versions, input);
      if (!version) {
        throw new ServiceError(
          'ResourceNotFoundException',
          "Secrets Manager can't find the specified secret value.",
        );
      }
      return {
        ARN: arn,
        Name: name,
        VersionId: version.id,
        VersionStages: stagesOf(versions, version.id),
        SecretString: version.value,
        CreatedDate: version.createdAt.getTime() / 1000,
      };
    },
    DescribeSecret: (input) => describe(find(input)),
    ListSecrets: () => ({ SecretList: [...store.values()].map(describe) }),
    DeleteSecret(input) {
      const { name, arn } = find(input);
      store.delete(name);
      return { Name: name, ARN: arn, DeletionDate: now().getTime() / 1000 };
    },
  };
}

function describe({ name, arn, versions }: Secret): object {
  const stages = versions.map(({ id }) => [id, stagesOf(versions, id)] as const);
  return {
    Name: name,
    ARN: arn,
    VersionIdsToStages: Object.fromEntries(stages.filter(([, staged]) => staged.length > 0)),
  };
}

function pickVersion(versions: Secret['versions'], input: Readonly<Record<string, unknown>>) {
  if (input.VersionId !== undefined) return versions.find(({ id }) => id === input.VersionId);
  return versions.at(input.VersionStage === 'AWSPREVIOUS' ? -2 : -1);
}

function stagesOf(versions: Secret['versions'], id: string): readonly string[] {
  if (versions.at(-1)?.id === id) return ['AWSCURRENT'];
  return versions.at(-2)?.id === id ? ['AWSPREVIOUS'] : [];
}
