import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { localAccount, localAws } from './aws.ts';
import { type Listening, listen } from './listen.ts';

interface Secret {
  readonly name: string;
  readonly arn: string;
  /** Newest last. */
  readonly versions: { readonly id: string; readonly value: string; readonly createdAt: Date }[];
}

/** A failure as Secrets Manager names it. */
class ServiceError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * Secrets Manager in memory, for no npm package emulates it: GetSecretValue, CreateSecret, PutSecretValue,
 * DescribeSecret, ListSecrets and DeleteSecret in the JSON 1.1 protocol that the SDKs speak.
 */
export async function startSecretsManager(secrets: Readonly<Record<string, string>>): Promise<Listening> {
  const store = new Map<string, Secret>();
  const operations = createOperations(store);
  for (const [Name, SecretString] of Object.entries(secrets))
    operations.CreateSecret?.({ Name, SecretString });

  const server = createServer(async (request, response) => {
    const name = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    };
    try {
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (!operation)
        throw new ServiceError('UnknownOperationException', `There is no operation ${name} here`);
      answer(200, operation(await readJson(request)));
    } catch (error) {
      const { name, message } =
        error instanceof ServiceError ? error : new ServiceError('InternalServiceError', String(error));
      answer(400, { __type: name, message });
    }
  });
  return listen(server, 0);
}

type Operation = (input: Readonly<Record<string, unknown>>) => object;

function createOperations(store: Map<string, Secret>): Readonly<Record<string, Operation>> {
  const find = ({ SecretId }: Readonly<Record<string, unknown>>): Secret => {
    const secret = [...store.values()].find(({ name, arn }) => name === SecretId || arn === SecretId);
    if (secret) return secret;
    throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  const put = (secret: Secret, value: unknown): object => {
    if (typeof value !== 'string')
      throw new ServiceError('InvalidRequestException', 'SecretString must be text.');
    secret.versions.push({ id: randomUUID(), value, createdAt: new Date() });
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
      return { Name: name, ARN: arn, DeletionDate: Date.now() / 1000 };
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

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks = await request.toArray();
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, unknown>;
}
