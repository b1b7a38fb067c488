import type * as z from 'zod';
import type { ErrorName } from './errors.ts';
import type { NeededScope } from './scopes.ts';

declare const resultType: unique symbol;

/** Carries an operation's result type at compile time. It is an empty object at run time. */
export interface ResultType<Result> {
  readonly [resultType]?: Result;
}

/** One operation of the management function: its parameters, its result and its errors. */
export interface Operation<Name extends string, Parameters extends z.ZodType, Result extends object> {
  readonly name: Name;
  /** What it does, in one sentence. */
  readonly summary: string;
  /** Whether it changes anything at Asana or in the stack. */
  readonly changes: boolean;
  /** The parameters of a request. Each carries its own description. */
  readonly parameters: Parameters;
  readonly result: ResultType<Result>;
  /** The result, described for readers. */
  readonly returns: string;
  /** The parameters of a typical request. */
  readonly example: z.input<Parameters>;
  /** The errors that it can fail with. */
  readonly errors: readonly ErrorName[];
  /** The OAuth scopes that it needs. Absent if it does not call Asana's API. */
  readonly scopes?: readonly NeededScope[];
}

/** Declares an operation. */
export function operation<const Name extends string, Parameters extends z.ZodType, Result extends object>(
  declared: Operation<Name, Parameters, Result>,
): Operation<Name, Parameters, Result> {
  return declared;
}

/** Names the type of an operation's result. */
export function result<Result extends object>(): ResultType<Result> {
  return {};
}
