import type * as z from 'zod';
import { type OperationName, operations, type ParametersOf } from '../../contract/operations.ts';
import { NamedError } from '../../core/errors.ts';

/** A valid invocation: the operation and its parameters. */
export type ManagementRequest = {
  [Name in OperationName]: { readonly operation: Name; readonly parameters: ParametersOf<Name> };
}[OperationName];

/**
 * Parses the payload of an invocation, `{ "operation": "createWebhook", … }`. The error lists every problem.
 *
 * @throws NamedError InvalidRequest
 */
export function parseRequest(payload: unknown): ManagementRequest {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw invalid([
      'the payload must be a JSON object such as { "operation": "getWebhooks", "workspace": "…" }',
    ]);
  }
  const { operation, ...given } = payload as Record<string, unknown>;
  if (!isOperation(operation)) {
    throw invalid([`operation must be one of ${Object.keys(operations).join(', ')}`]);
  }
  const { parameters } = operations[operation];
  const result = parameters.safeParse(given, { reportInput: true });
  // The table has a schema for each name. TypeScript cannot infer the type for a name that is known only at run time.
  if (result.success) return { operation, parameters: result.data } as ManagementRequest;
  throw invalid(
    result.error.issues.map((issue) => describe(issue, Object.keys(parameters.shape))),
    operation,
  );
}

function isOperation(name: unknown): name is OperationName {
  return typeof name === 'string' && Object.hasOwn(operations, name);
}

function invalid(problems: readonly string[], operation?: string): NamedError {
  const subject = operation === undefined ? 'The request is' : `The parameters of ${operation} are`;
  return new NamedError('InvalidRequest', `${subject} not valid: ${problems.join('; ')}.`);
}

function describe(issue: z.core.$ZodIssue, parameters: readonly string[]): string {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
  if (issue.code === 'unrecognized_keys') {
    const known = path === '' ? parameters : ['resource_type', 'resource_subtype', 'action', 'fields'];
    return issue.keys.map((key) => unknownKey(path === '' ? key : `${path}.${key}`, key, known)).join('; ');
  }
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
  return isMissing ? `${path} is missing` : `${path} ${issue.message}`;
}

function unknownKey(path: string, key: string, known: readonly string[]): string {
  const plain = (text: string) => text.replaceAll('_', '').toLowerCase();
  const meant = known.find((candidate) => plain(candidate) === plain(key));
  return `${path} is unknown (${meant ? `did you mean ${meant}?` : `known names: ${known.join(', ')}`})`;
}
