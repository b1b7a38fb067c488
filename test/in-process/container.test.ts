import { createServer } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientConfig, type Platform } from '../../functions/runtime/platform.ts';
import { type FunctionHost, startPool } from '../../local/aws/function-host.ts';
import { type Listening, listen } from '../../local/aws/listen.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { startInProcessContainer } from './container.ts';

let clock: TestClock;
let host: FunctionHost;
let server: Listening;
/** The number of requests that the server received, and the number of requests that were broken off. */
let requests: { seen: number; brokenOff: number };
let answer: () => { readonly status: number; readonly body: string } | undefined;
let logs: string[];

beforeEach(async () => {
  const counts = { seen: 0, brokenOff: 0 };
  requests = counts;
  logs = [];
  answer = () => ({ status: 200, body: '{}' });
  clock = createTestClock();
  server = await listen(
    createServer((_, response) => {
      counts.seen += 1;
      response.on('close', () => {
        if (!response.writableFinished) counts.brokenOff += 1;
      });
      const given = answer();
      if (given) response.writeHead(given.status).end(given.body);
    }),
    0,
  );
});
afterEach(async () => {
  await host.close();
  await server.close();
  clock.stop();
});

/** Hosts a function that runs this code, with a timeout of one minute. */
function start(handle: (platform: Platform) => Promise<unknown>): void {
  host = startPool({ functionName: 'example', maxContainers: 2 }, (functionArn) =>
    startInProcessContainer({
      functionName: 'example',
      functionArn,
      timeoutMs: 60_000,
      clock,
      endpoints: { dynamodb: server.url },
      onLog: (line) => logs.push(line),
      make: (platform) => () => handle(platform),
    }),
  );
}

const read = (platform: Platform) =>
  new DynamoDBClient(clientConfig(platform, 'dynamodb')).send(
    new GetItemCommand({ TableName: 't', Key: { id: { S: '1' } } }),
  );
const throttled = { status: 400, body: '{"__type":"ThrottlingException"}' };

describe('a container in this process', () => {
  it('measures the time of the function by the test clock, and ends at the timeout', async () => {
    start(({ sleep }) => sleep(3_600_000));
    const startedMs = clock.now().getTime();
    expect(await host.invoke({})).toMatchObject({
      ok: false,
      failure: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringContaining('Task timed out after 60.00 seconds'),
      },
    });
    expect(clock.now().getTime() - startedMs).toBe(60_000);
  });

  it('captures the output of its function, and no other output', async () => {
    const written: string[] = [];
    const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    start(async ({ sleep }) => {
      process.stdout.write('before\n');
      await sleep(1_000);
      process.stderr.write('after\n');
    });
    const invoked = host.invoke({});
    process.stdout.write('beside\n');
    await invoked;
    await host.close();
    stdout.mockRestore();
    expect(logs).toEqual(['before', 'after']);
    expect(written).toEqual(['beside\n']);
  });

  it('retries and ends an AWS call as the SDK decides, with pauses on the test clock', async () => {
    start(read);
    answer = () => throttled;
    expect(await host.invoke({})).toMatchObject({
      ok: false,
      failure: { errorType: 'ThrottlingException' },
    });
    const tries = requests.seen;
    expect(tries).toBeGreaterThan(1);

    answer = () => undefined;
    const startedMs = clock.now().getTime();
    expect(await host.invoke({})).toMatchObject({ ok: false, failure: { errorType: 'TimeoutError' } });
    expect(requests.seen).toBe(2 * tries);
    expect(clock.now().getTime() - startedMs).toBeGreaterThanOrEqual(tries * 3_000);
  });
});

describe('a container that crashes', () => {
  it.each<[string, (platform: Platform) => Promise<unknown>]>([
    ['fetches', ({ fetch }) => fetch(server.url)],
    ['calls AWS', read],
    ['sleeps', ({ sleep }) => sleep(30_000)],
  ])('while it %s fails for its caller, and its code never continues', async (what, wait) => {
    let goesOn = false;
    start(async (platform) => {
      await wait(platform).catch(() => undefined);
      goesOn = true;
    });
    const asked = new Promise<void>((resolve) => {
      answer = () => void resolve();
    });
    const underWay = host.invoke({});
    if (what !== 'sleeps') await asked;
    await host.crash();
    expect(await underWay).toMatchObject({ ok: false, failure: { errorType: 'Runtime.ExitError' } });
    await clock.sleep(600_000);
    expect(goesOn).toBe(false);
    expect(requests.brokenOff).toBe(what === 'sleeps' ? 0 : 1);
  });

  it('can no longer send requests or print, and a new container replaces it', async () => {
    let isOld = true;
    start(async ({ fetch, sleep }) => {
      if (!isOld) return 'new';
      // The code waits for a timer outside its platform, so it continues after the end of the container.
      await new Promise<void>((resolve) => {
        clock.schedule(1_000, resolve);
      });
      process.stdout.write('after the end\n');
      await Promise.all([fetch(server.url), sleep(1)]);
      return 'old';
    });
    const underWay = host.invoke({});
    await host.crash();
    expect(await underWay).toMatchObject({ ok: false });
    isOld = false;
    expect(await host.invoke({})).toMatchObject({ ok: true, value: 'new' });
    await clock.sleep(10_000);
    expect(requests.seen).toBe(0);
    expect(logs).toEqual([]);
  });
});
