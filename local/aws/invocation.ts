import { randomUUID } from 'node:crypto';

/** An invocation's error, as Lambda's Node.js runtime passes it on. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** How an invocation ended. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: FunctionFailure };

/** What came of an invocation. */
export type InvocationResult = Outcome & { readonly requestId: string };

export type Handler = (payload: unknown, context: object) => Promise<unknown>;

/** One invocation, as a container is told of it. */
export interface Invocation {
  readonly functionName: string;
  readonly functionArn: string;
  readonly requestId: string;
  readonly payload: unknown;
  readonly remainingMs: () => number;
}

/** What travels from container to worker. The worker answers an Outcome. */
export interface InvocationMessage {
  readonly payload: unknown;
  readonly requestId: string;
  readonly deadlineMs: number;
}

export const newRequestId = () => randomUUID();

/** Calls a handler as Lambda's Node.js runtime does, with a context. Never throws. */
export async function runHandler(handler: Handler, invocation: Invocation): Promise<Outcome> {
  const { functionName, functionArn, requestId, payload, remainingMs } = invocation;
  try {
    const value = await handler(payload, {
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
    // As Lambda does: the answer is JSON, and what JSON cannot say is lost.
    return { ok: true, value: JSON.parse(JSON.stringify(value ?? null)) };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): FunctionFailure {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/** The container ended before the invocation did. */
export function exited(requestId: string, status: number): Outcome {
  return failed('Runtime.ExitError', requestId, `Runtime exited with error: exit status ${status}`);
}

/** The invocation took longer than the function's timeout. */
export function timedOut(requestId: string, timeoutMs: number): Outcome {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return failed('Sandbox.Timedout', requestId, `Task timed out after ${seconds} seconds`);
}

function failed(errorType: string, requestId: string, message: string): Outcome {
  return { ok: false, failure: { errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` } };
}
