import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { localAws } from '../../../local/aws/account.ts';
import { type FunctionHost, startFunctionHost } from '../../../local/aws/function-host.ts';
import { startLambdaEndpoint } from '../../../local/aws/lambda-endpoint.ts';
import type { Listening } from '../../../local/aws/listen.ts';

let host: FunctionHost;
let endpoint: Listening;
let client: LambdaClient;
const logs: string[] = [];
/** The functions that end the invocations that take too long. */
let deadlines: (() => void)[] = [];

beforeAll(async () => {
  vi.stubEnv('NOT_FOR_FUNCTIONS', 'x');
  host = startFunctionHost({
    functionName: 'example',
    handlerUrl: new URL('./fixtures/example-handler.ts', import.meta.url),
    environment: { GREETING: 'hello' },
    timeoutMs: 60_000,
    schedule(_, run) {
      deadlines.push(run);
      return () => undefined;
    },
    maxContainers: 3,
    onLog: (line) => logs.push(line),
  });
  endpoint = await startLambdaEndpoint([host], 0);
  client = new LambdaClient({ ...localAws, endpoint: endpoint.url, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await endpoint.close();
  await host.close();
  vi.unstubAllEnvs();
});

const tooDeep =
  'The payload cannot be passed to the function: it is nested too deeply, or JSON cannot represent it.';
const urlOf = (name: string) => `${endpoint.url}/2015-03-31/functions/${name}/invocations`;

async function invoke(payload: unknown, name = 'example') {
  const answer = await client.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload) }),
  );
  return { ...answer, value: JSON.parse(answer.Payload?.transformToString() || 'null') };
}

describe('the Lambda Invoke endpoint, through the SDK', () => {
  it('answers with the value that the function returns', async () => {
    const { StatusCode, ExecutedVersion, FunctionError, value } = await invoke({ do: 'echo', say: 'ü 😀' });
    expect({ StatusCode, ExecutedVersion, FunctionError }).toEqual({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      FunctionError: undefined,
    });
    expect(value).toMatchObject({ do: 'echo', say: 'ü 😀' });
  });

  it('gives the function its own environment and a context, without variables of this process', async () => {
    const { value } = await invoke({ do: 'environment' });
    expect(value).toMatchObject({ greeting: 'hello', other: null, functionName: 'example' });
    expect(value.remainingMs).toBeGreaterThan(0);
    expect(value.remainingMs).toBeLessThanOrEqual(60_000);
  });

  it("answers an error in the form of Lambda's Node.js runtime", async () => {
    const { FunctionError, value } = await invoke({ do: 'fail' });
    expect(FunctionError).toBe('Unhandled');
    expect(value).toMatchObject({
      errorType: 'ExampleError',
      errorMessage: 'it failed',
      trace: expect.any(Array),
    });
  });

  it('ends a function that takes too long and continues with a new container', async () => {
    deadlines = [];
    const hanging = invoke({ do: 'hang' });
    const endIt = await vi.waitUntil(() => deadlines[0]);
    endIt();
    const { FunctionError, value } = await hanging;
    expect(FunctionError).toBe('Unhandled');
    expect(value.errorMessage).toContain('Task timed out after 60.00 seconds');
    expect((await invoke({ do: 'echo' })).FunctionError).toBeUndefined();
  });

  it('continues after a function ends its process', async () => {
    const { value } = await invoke({ do: 'exit' });
    expect(value).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect((await invoke({ do: 'echo' })).FunctionError).toBeUndefined();
  });

  it('runs one invocation at a time in a container, and no more containers than the limit', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 4 }, () => invoke({ do: 'wait', ms: 300 })),
    );
    const done = answers.filter((answer) => answer.status === 'fulfilled');
    expect(done.map(({ value }) => value.value.concurrent)).toEqual([1, 1, 1]);
    const [refused] = answers.filter((answer) => answer.status === 'rejected');
    expect(refused?.reason).toMatchObject({ name: 'TooManyRequestsException' });
  });

  it('keeps a container warm', async () => {
    const first = (await invoke({ do: 'count' })).value.count;
    expect((await invoke({ do: 'count' })).value.count).toBe(first + 1);
  });

  it.each([
    'example',
    'example:$LATEST',
    'arn:aws:lambda:eu-central-1:000000000000:function:example',
    '000000000000:function:example',
  ])('accepts %s as the name of the function', async (name) => {
    expect((await invoke({ do: 'echo' }, name)).StatusCode).toBe(200);
  });

  it('accepts DryRun and Event', async () => {
    const send = (InvocationType: 'DryRun' | 'Event') =>
      client.send(new InvokeCommand({ FunctionName: 'example', InvocationType, Payload: '{"do":"echo"}' }));
    expect((await send('DryRun')).StatusCode).toBe(204);
    expect((await send('Event')).StatusCode).toBe(202);
  });

  it('lists the known functions if the name is unknown', async () => {
    await expect(invoke({}, 'other')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: other. Known functions: example.',
    });
  });

  it('refuses a payload that is not JSON', async () => {
    const send = client.send(new InvokeCommand({ FunctionName: 'example', Payload: '{' }));
    await expect(send).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  });

  it('answers with 6 MB and 100 bytes, and refuses more bytes as Lambda does', async () => {
    const most = await invoke({ do: 'say-much', bytes: 6_291_556 });
    expect([most.FunctionError, most.value.length]).toEqual([undefined, 6_291_554]);
    const tooMuch = await invoke({ do: 'say-much', bytes: 6_291_557 });
    expect(tooMuch).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(tooMuch.value).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
  });

  it.each([5_000, 20_000])(
    'accepts or fails a payload of %i levels, and loses no container',
    async (levels) => {
      const payload = '['.repeat(levels) + ']'.repeat(levels);
      for (let time = 0; time < 4; time += 1) {
        const response = await fetch(urlOf('example'), { method: 'POST', body: payload });
        expect(response.status).toBe(200);
        const text = await response.text();
        const isFailed = response.headers.get('x-amz-function-error') === 'Unhandled';
        expect(isFailed ? JSON.parse(text).errorMessage : text).toBe(isFailed ? tooDeep : payload);
      }
      expect((await invoke({ do: 'echo' })).value).toEqual({ do: 'echo' });
    },
  );

  it.each([5_000, 20_000])(
    'accepts or fails a response of %i levels, and loses no container',
    async (levels) => {
      for (let time = 0; time < 4; time += 1) {
        const { FunctionError, value } = await invoke({ do: 'nest', levels });
        if (FunctionError === undefined) expect(Array.isArray(value)).toBe(true);
        else expect(value.errorMessage).toBe('Unable to stringify response body');
      }
      expect((await invoke({ do: 'echo' })).value).toEqual({ do: 'echo' });
    },
  );

  it('answers 400 to a name with malformed percent-encoding', async () => {
    const response = await fetch(urlOf('%zz'), { method: 'POST', body: '{}' });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('ValidationException');
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('%zz') });
  });

  it.each(['//', '/', '/%zz', '/2015-03-31/functions//invocations'])(
    'answers 404 to the path %s',
    async (path) => {
      expect((await fetch(`${endpoint.url}${path}`, { method: 'POST' })).status).toBe(404);
    },
  );

  it('passes the output of the function to onLog, line by line', async () => {
    await invoke({ do: 'log' });
    await expect.poll(() => logs).toContain('to stdout');
    await expect.poll(() => logs).toContain('to stderr');
  });
});
