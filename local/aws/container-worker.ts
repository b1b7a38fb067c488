import { parentPort, workerData } from 'node:worker_threads';

// Runs inside a container's worker thread: imports the handler once, then answers one message after the other.

const { handlerUrl, functionName, functionArn } = workerData as Record<string, string>;

/** What travels between container and worker. */
export interface InvocationMessage {
  readonly payload: unknown;
  readonly requestId: string;
  readonly deadlineMs: number;
}

interface HandlerModule {
  readonly handler: (payload: unknown, context: object) => Promise<unknown>;
}

const loading = import(handlerUrl ?? '') as Promise<HandlerModule>;
// Whoever invokes hears of it; without this, an import that fails before would end the worker.
loading.catch(() => undefined);

parentPort?.on('message', async ({ payload, requestId, deadlineMs }: InvocationMessage) => {
  try {
    const { handler } = await loading;
    const value = await handler(payload, {
      functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: functionArn,
      memoryLimitInMB: '512',
      awsRequestId: requestId,
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: 'local',
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    });
    // As Lambda does: the answer is JSON, and what JSON cannot say is lost.
    parentPort?.postMessage({ ok: true, value: JSON.parse(JSON.stringify(value ?? null)) });
  } catch (error) {
    parentPort?.postMessage({ ok: false, failure: failureOf(error) });
  }
});

function failureOf(error: unknown): object {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
