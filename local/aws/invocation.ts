import { randomUUID } from 'node:crypto';

/** An invocation's error, as Lambda's Node.js runtime passes it on. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** How an invocation ended in its container. Everything that goes into a container or comes out of it is text. */
export type Outcome =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly failure: FunctionFailure };

/** What came of an invocation. */
export type InvocationResult = { readonly requestId: string } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: FunctionFailure }
);

export type Handler = (payload: unknown, context: object) => Promise<unknown>;

/** One invocation, as a container is told of it. */
export interface Invocation {
  readonly functionName: string;
  readonly functionArn: string;
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly remainingMs: () => number;
}

/** What travels from container to worker. The worker answers an Outcome. */
export interface InvocationMessage {
  /** JSON. */
  readonly payload: string;
  readonly requestId: string;
  readonly deadlineMs: number;
}

export const newRequestId = () => randomUUID();

/** The answer to a synchronous invocation: 6 MB and some room (Lambda quotas). */
const maxAnswerBytes = 6 * 1024 * 1024 + 100;

/** A value as JSON, or nothing where JSON cannot say it: it is nested too deeply, or holds itself. */
export function toJson(value: unknown): string | undefined {
  try {
    // JSON has no word for a function or a symbol.
    return JSON.stringify(value ?? null) ?? 'null';
  } catch {
    return undefined;
  }
}

/** Calls a handler as Lambda's Node.js runtime does, with a context. Never throws. */
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
    // As Lambda does: the answer is JSON, and what JSON leaves out is lost.
    return outcomeOf(toJson(value));
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

function outcomeOf(json: string | undefined): Outcome {
  if (json === undefined) return unwritable;
  return Buffer.byteLength(json) <= maxAnswerBytes ? { ok: true, json } : tooLarge;
}

/** As Lambda's Node.js runtime says it. */
const unwritable = failure('Error', 'Unable to stringify response body');

const tooLarge = failure(
  'Function.ResponseSizeTooLarge',
  `Response payload size exceeded maximum allowed payload size (${maxAnswerBytes} bytes).`,
);

/** What came of an invocation, with the answer as a value. */
export function resultOf(outcome: Outcome, requestId: string): InvocationResult {
  return outcome.ok ? { ok: true, value: JSON.parse(outcome.json), requestId } : { ...outcome, requestId };
}

/** The answer as JSON, as far as it can be written in this thread. */
export function answerOf(result: InvocationResult): Outcome {
  return result.ok ? outcomeOf(toJson(result.value)) : result;
}

/** The payload cannot be written as JSON, so that no container gets it. */
export function unreadable(): InvocationResult {
  const reason =
    'The payload cannot be passed to the function: it is nested too deeply, or has what JSON cannot say.';
  return { ...failure('InvalidRequestContentException', reason), requestId: newRequestId() };
}

function failureOf(error: unknown): FunctionFailure {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/** The container ended before the invocation did. */
export function exited(requestId: string, status: number): Outcome {
  return ended('Runtime.ExitError', requestId, `Runtime exited with error: exit status ${status}`);
}

/** The invocation took longer than the function's timeout. */
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
