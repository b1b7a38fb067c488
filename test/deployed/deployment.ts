import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The outputs of the deployed stack. */
export interface Outputs {
  readonly ApiUrl: string;
  readonly ManagementFunctionName: string;
  readonly RegistryTableName: string;
  readonly EventLogTableName: string;
  readonly EventBusName: string;
  readonly QueueUrl: string;
  readonly QueueDeadLettersUrl: string;
  readonly DispatcherFunctionName: string;
  readonly DispatcherDeadLettersUrl: string;
}

export interface Deployment {
  readonly stackName: string;
  readonly outputs: Outputs;
  /** The address at which this machine and Asana reach the deployed API. */
  readonly publicBaseUrl: string;
  destroy(): Promise<void>;
}

/**
 * Bootstraps and deploys the real stack, to the AWS at `AWS_ENDPOINT_URL`, or with
 * `DEPLOY_TO_AWS=yes` to the account of the environment's credentials.
 *
 * @throws Error with the output of cdk, if a step fails
 */
export async function deploy(asanaBaseUrl: string): Promise<Deployment> {
  requireEndpoint();
  const stackName = `AsanaWebhooksTest-${randomBytes(4).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'asana-webhooks-'));
  const context = {
    stackName,
    asanaBaseUrl,
    removalPolicy: 'destroy',
    exampleConsumer: 'true',
    // The emulator has no AWS::Events::Archive and no AWS::EventSchemas. An account has both.
    ...(process.env.AWS_ENDPOINT_URL && { archive: 'false', schemaRegistry: 'false' }),
  };
  await cdk('bootstrap', folder, context);
  const first = await deployWith(folder, context);
  const publicBaseUrl = reachable(first.ApiUrl);
  // The address of an emulator is known only now. A second deployment passes it to the management function.
  const outputs =
    publicBaseUrl === first.ApiUrl ? first : await deployWith(folder, { ...context, publicBaseUrl });
  return {
    stackName,
    outputs,
    publicBaseUrl,
    async destroy() {
      await cdk('destroy', folder, context, ['--force']);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Context = Readonly<Record<string, string>> & { readonly stackName: string };

async function deployWith(folder: string, context: Context): Promise<Outputs> {
  const file = join(folder, 'outputs.json');
  await cdk('deploy', folder, context, ['--require-approval', 'never', '--outputs-file', file]);
  const outputs = JSON.parse(await readFile(file, 'utf8')) as Record<string, Outputs>;
  const own = outputs[context.stackName];
  if (own === undefined) throw new Error(`cdk deploy wrote no outputs for ${context.stackName}`);
  return own;
}

async function cdk(
  command: string,
  folder: string,
  context: Context,
  flags: readonly string[] = [],
): Promise<void> {
  const pairs = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const app = `node ${join(import.meta.dirname, 'app.ts')}`;
  const args = [command, '--app', app, '--output', join(folder, 'cdk.out'), '--ci', ...pairs, ...flags];
  try {
    await run(join(root, 'node_modules/.bin/cdk'), args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`cdk ${command} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

function requireEndpoint(): void {
  if (process.env.AWS_ENDPOINT_URL || process.env.DEPLOY_TO_AWS === 'yes') return;
  throw new Error(
    'The deployed test needs an AWS to deploy to: start an emulator and set AWS_ENDPOINT_URL to its address, or set DEPLOY_TO_AWS=yes to use your account. docs/testing.md shows both.',
  );
}

/** Node may not resolve `<id>.execute-api.localhost`, the host of an API in an emulator. The API also has a path. */
function reachable(apiUrl: string): string {
  const { hostname } = new URL(apiUrl);
  const [id, service] = hostname.split('.');
  const isEmulated = service === 'execute-api' && !hostname.endsWith('.amazonaws.com');
  return isEmulated ? `${process.env.AWS_ENDPOINT_URL?.replace(/\/+$/, '')}/_aws/execute-api/${id}` : apiUrl;
}
