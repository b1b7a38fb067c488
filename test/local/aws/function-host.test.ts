import { expect, it } from 'vitest';
import { startFunctionHost } from '../../../local/aws/function-host.ts';

function start() {
  return startFunctionHost({
    functionName: 'example',
    handlerUrl: new URL('./fixtures/example-handler.ts', import.meta.url),
    environment: { GREETING: 'hello' },
    timeoutMs: 5_000,
    onLog: () => undefined,
  });
}

it('starts a new container after a crash, and the running invocation fails', async () => {
  const host = start();
  const underWay = host.invoke({ do: 'hang' });
  await host.crash();
  expect(await underWay).toMatchObject({ ok: false, failure: { errorType: 'Runtime.ExitError' } });
  expect(await host.invoke({})).toMatchObject({ ok: true });
  await host.close();
});

it('accepts no invocation after it is closed', async () => {
  const host = start();
  await host.close();
  expect(await host.invoke({})).toBeUndefined();
});
