import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { OperationName, RequestOf, ResultOf } from '../contract/operations.ts';
import { Failed, Misuse } from './errors.ts';
import { inOurWords } from './words.ts';

/** Where to find the management function. */
export interface Place {
  /** The CloudFormation stack; empty in local mode. */
  readonly stack: string;
  readonly region?: string;
  readonly profile?: string;
  /** Local mode's Lambda endpoint, instead of AWS. */
  readonly local?: string;
}

/**
 * Invokes the management function with an operation of the contract.
 *
 * @throws Misuse, or Failed with the function's error
 */
export type Manage = <Name extends OperationName>(
  operation: Name,
  parameters: RequestOf<Name>,
) => Promise<ResultOf<Name>>;

const localFunction = 'asana-webhooks-management';

/** Longer than the function's own limit of 58 s. */
const timeoutMs = 65_000;

/** Returns a client of the management function: the deployed one, found by the stack's output, or local mode's. */
export function createManage(place: Place): Manage {
  const config = place.local === undefined ? deployed(place) : local(place.local);
  const client = new LambdaClient({
    ...config,
    // Do not retry: the caller decides whether to repeat an operation.
    maxAttempts: 1,
    requestHandler: { requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  });
  let name: Promise<string> | undefined;
  return async (operation, parameters) => {
    name ??= place.local === undefined ? findFunction(place, config) : Promise.resolve(localFunction);
    const FunctionName = await name;
    const answer = await reach(place, () =>
      client.send(
        new InvokeCommand({
          FunctionName,
          Payload: JSON.stringify({ operation, ...(parameters as object) }),
        }),
      ),
    );
    const value = JSON.parse(answer.Payload?.transformToString() || 'null');
    // The function implements the contract, so its result has the operation's type.
    if (answer.FunctionError === undefined) return value;
    throw failureOf(value);
  };
}

function deployed({ region, profile }: Place) {
  return { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
}

function local(endpoint: string) {
  return {
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
}

async function findFunction(place: Place, config: object): Promise<string> {
  const client = new CloudFormationClient(config);
  const { Stacks: [stack] = [] } = await reach(place, () =>
    client.send(new DescribeStacksCommand({ StackName: place.stack })),
  );
  const found = stack?.Outputs?.find(({ OutputKey }) => OutputKey === 'ManagementFunctionName')?.OutputValue;
  if (found !== undefined) return found;
  throw new Failed(
    `The stack ${place.stack} has no output ManagementFunctionName. It is not a stack of this project. Choose another with --stack.`,
  );
}

/** Calls AWS. If that fails, throws an error that says what to do. */
async function reach<T>({ stack, local }: Place, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const {
      name = '',
      message = '',
      code = '',
    } = error as { name?: string; message?: string; code?: string };
    if (local !== undefined) {
      throw new Failed(
        `Nothing answers at ${local} (${code || name}). Start local mode with npm start, or use --local-url.`,
        'LocalModeUnreachable',
      );
    }
    if (name === 'CredentialsProviderError' || /credentials/i.test(message)) {
      throw new Failed(
        'There are no AWS credentials. Sign in as for the AWS CLI, or use --profile.',
        'NoCredentials',
      );
    }
    if (/region/i.test(message) && /missing/i.test(message))
      throw new Misuse('There is no region. Use --region, or set AWS_REGION.', 'NoRegion');
    if (/does not exist/.test(message)) {
      throw new Failed(
        `There is no stack ${stack} in this region. Choose it with --stack and --region.`,
        'StackNotFound',
      );
    }
    throw new Failed(`AWS refused the call: ${name}: ${message}`, name || 'Failed');
  }
}

/** Returns the function's error. An invalid payload is a misuse, because the person typed it. */
function failureOf(value: unknown): Error {
  const { errorType = 'Error', errorMessage = 'no reason given' } = (value ?? {}) as {
    readonly errorType?: string;
    readonly errorMessage?: string;
  };
  const Kind = errorType === 'InvalidRequest' || errorType === 'TargetNotOurs' ? Misuse : Failed;
  return new Kind(inOurWords(errorMessage), errorType);
}
