import { parentPort, workerData } from 'node:worker_threads';
import { type Handler, type InvocationMessage, runHandler } from './invocation.ts';

// Runs in the worker thread of a container. It imports the handler once, then processes the messages in
// sequence.

const { handlerUrl, functionName, functionArn } = workerData as Record<string, string>;

const loading = import(handlerUrl ?? '') as Promise<{ readonly handler: Handler }>;
// The next invocation reports a failed import. Without this line, the failure would end the worker.
loading.catch(() => undefined);

parentPort?.on('message', async ({ payload, requestId, deadlineMs }: InvocationMessage) => {
  const outcome = await runHandler(async (...call) => (await loading).handler(...call), {
    functionName: functionName ?? '',
    functionArn: functionArn ?? '',
    requestId,
    payload,
    remainingMs: () => deadlineMs - Date.now(),
  });
  parentPort?.postMessage(outcome);
});
