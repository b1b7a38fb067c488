import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { OperationName, RequestOf, ResultOf } from '../contract/operations.ts';
import { Failed, Misuse } from './errors.ts';
import { inOurWords } from './words.ts';

/** Where the management function is. */
export interface Place {
  /** The CloudFormation stack; empty in local mode. */
  readonly stack: string;
  readonly region?: string;
  readonly profile?: string;
  /** Local mode's Lambda endpoint, instead of AWS. */
  readonly local?: string;
}

/**
 * Carries out an operation of the contract by the management function.
 *
 * @throws Misuse, Failed with what the function said
 */
export type Manage = <Name extends OperationName>(
  operation: Name,
  parameters: RequestOf<Name>,
) => Promise<ResultOf<Name>>;

const localFunction = 'asana-webhooks-management';

/** The function ends after 58 s. */
const timeoutMs = 65_000;

/** A way to the management function: deployed, found by the stack's output, or local mode's. */
export function createManage(place: Place): Manage {
  const config = place.local === undefined ? deployed(place) : local(place.local);
  const client = new LambdaClient({
    ...config,
    // An operation is not repeated behind anybody's back.
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
    // The function satisfies the contract, so its answer is the operation's result.
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
    `The stack ${place.stack} has no output ManagementFunctionName: is it one of asana-webhooks? Name another with --stack.`,
  );
}

/** Calls AWS, and says in words what to do where that fails. */
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
        `Nothing answers at ${local} (${code || name}): start local mode with npm start, or say --local-url.`,
        'LocalModeUnreachable',
      );
    }
    if (name === 'CredentialsProviderError' || /credentials/i.test(message)) {
      throw new Failed(
        'There are no AWS credentials: sign in as for the AWS CLI, or name a --profile.',
        'NoCredentials',
      );
    }
    if (/region/i.test(message) && /missing/i.test(message))
      throw new Misuse('Name a region: --region.', 'NoRegion');
    if (/does not exist/.test(message)) {
      throw new Failed(
        `There is no stack ${stack} here: name it with --stack, and its --region.`,
        'StackNotFound',
      );
    }
    throw new Failed(`AWS did not do it: ${name}: ${message}`, name || 'Failed');
  }
}

/** The function's own words; where the payload could not be taken, the person who typed it has to change it. */
function failureOf(value: unknown): Error {
  const { errorType = 'Error', errorMessage = 'no reason given' } = (value ?? {}) as {
    readonly errorType?: string;
    readonly errorMessage?: string;
  };
  const Kind = errorType === 'InvalidRequest' || errorType === 'TargetNotOurs' ? Misuse : Failed;
  return new Kind(inOurWords(errorMessage), errorType);
}
