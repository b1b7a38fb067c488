import { randomUUID } from 'node:crypto';

/** The error of an invocation in the form of Lambda's Node.js runtime. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** The result of an invocation inside its container. The input and the output of a container are text. */
export type Outcome =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly failure: FunctionFailure };

/** The result of an invocation. */
export type InvocationResult = { readonly requestId: string } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: FunctionFailure }
);

export type Handler = (payload: unknown, context: object) => Promise<unknown>;

/** An invocation as a container receives it. */
export interface Invocation {
  readonly functionName: string;
  readonly functionArn: string;
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly remainingMs: () => number;
}

/** The message from a container to its worker. The worker replies with an Outcome. */
export interface InvocationMessage {
  /** JSON. */
  readonly payload: string;
  readonly requestId: string;
  readonly deadlineMs: number;
}

export const newRequestId = () => randomUUID();

/** The limit for the response of a synchronous invocation: 6 MB and 100 bytes (Lambda quotas). */
const maxAnswerBytes = 6 * 1024 * 1024 + 100;

/**
 * Returns a value as JSON. Returns undefined if JSON cannot represent the value, because it is nested too
 * deeply or contains itself.
 */
export function toJson(value: unknown): string | undefined {
  try {
    // JSON cannot represent a function or a symbol.
    return JSON.stringify(value ?? null) ?? 'null';
  } catch {
    return undefined;
  }
}

/** Calls a handler with a context, as Lambda's Node.js runtime does. It never throws. */
export async function runHandler(handler: Handler, invocation: Invocation): Promise<Outcome> {
  const { functionName, functionArn, requestId, payload, remainingMs } = invocation;
  try {
    const value = await handler(JSON.parse(payload), {
      functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: functionArn,
      memoryLimitInMB: '512',
      awsRequestId: requestId,
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: 'local',
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, remainingMs()),
    });
    // As in Lambda, the response is JSON. Values that JSON omits are lost.
    return outcomeOf(toJson(value));
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

function outcomeOf(json: string | undefined): Outcome {
  if (json === undefined) return unwritable;
  return Buffer.byteLength(json) <= maxAnswerBytes ? { ok: true, json } : tooLarge;
}

/** The message is the message of Lambda's Node.js runtime. */
const unwritable = failure('Error', 'Unable to stringify response body');

const tooLarge = failure(
  'Function.ResponseSizeTooLarge',
  `Response payload size exceeded maximum allowed payload size (${maxAnswerBytes} bytes).`,
);

/** Returns the result of an invocation, with the response as a value. */
export function resultOf(outcome: Outcome, requestId: string): InvocationResult {
  return outcome.ok ? { ok: true, value: JSON.parse(outcome.json), requestId } : { ...outcome, requestId };
}

/** Returns the response as JSON, or a failure if this thread cannot write it as JSON. */
export function answerOf(result: InvocationResult): Outcome {
  return result.ok ? outcomeOf(toJson(result.value)) : result;
}

/** Returns the failure for a payload that cannot be written as JSON. No container receives such a payload. */
export function unreadable(): InvocationResult {
  const reason =
    'The payload cannot be passed to the function: it is nested too deeply, or JSON cannot represent it.';
  return { ...failure('InvalidRequestContentException', reason), requestId: newRequestId() };
}

function failureOf(error: unknown): FunctionFailure {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/** Returns the failure for a container that ended before its invocation. */
export function exited(requestId: string, status: number): Outcome {
  return ended('Runtime.ExitError', requestId, `Runtime exited with error: exit status ${status}`);
}

/** Returns the failure for an invocation that took longer than the function's timeout. */
export function timedOut(requestId: string, timeoutMs: number): Outcome {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return ended('Sandbox.Timedout', requestId, `Task timed out after ${seconds} seconds`);
}

function ended(errorType: string, requestId: string, message: string): Outcome {
  return failure(errorType, `RequestId: ${requestId} Error: ${message}`);
}

function failure(errorType: string, errorMessage: string) {
  return { ok: false, failure: { errorType, errorMessage } } as const;
}
