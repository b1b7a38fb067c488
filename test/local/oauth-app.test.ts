import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../local/aws/listen.ts';
import { authorizationAddress, run, start as startCli } from '../cli/run.ts';
import { type ClockedStage, type Stage, setClockedStage, setStage } from '../journeys/stage.ts';
import { endStarted, readyLine, start } from './start.ts';

afterEach(endStarted);

describe('the OAuth app of the simulated Asana', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage.close());

  it('lets the command line connect in a browser without setup', async () => {
    const local = ['--local-url', stage.local.lambdaUrl];
    const connecting = startCli(['connect', 'work', '--oauth', '--port', '0', ...local]);
    const address = await authorizationAddress(connecting);
    // A browser opens the address like this, and follows the redirect to another port.
    const typed = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'none' };
    const { status, headers } = await fetch(address, { redirect: 'manual', headers: typed });
    expect(status).toBe(302);
    const back = await fetch(headers.get('location') ?? '', {
      headers: { ...typed, 'Sec-Fetch-Site': 'cross-site' },
    });
    expect(await back.text()).toContain('Access granted');
    expect(await connecting.ended).toMatchObject({ code: 0 });
    expect((await run(['connections', 'check', 'work', ...local])).stdout).toContain('Example user');
  });
});

describe('the addresses to which the OAuth app may redirect a browser', () => {
  let stage: ClockedStage;
  afterEach(() => stage.close());

  /** Returns the status from the simulated Asana, and whether it redirects the browser to the address. */
  async function authorize(redirectUri: string) {
    const { data } = await stage.manage<{ data: { authorizationUrl: string } }>({
      operation: 'beginOAuth',
      connection: 'work',
      redirectUri: 'http://localhost:1/callback',
    });
    const page = new URL(data.authorizationUrl);
    page.searchParams.set('redirect_uri', redirectUri);
    const { status, headers } = await fetch(page, { redirect: 'manual' });
    return [status, headers.get('location')?.startsWith(`${redirectUri}?`) ?? false];
  }

  it.each([
    ['http://localhost:8976/callback', 302],
    ['http://localhost:50123/callback', 302],
    ['https://my.tunnel/oauth/callback', 302],
    ['http://localhost:8976/elsewhere', 400],
    ['https://evil.example/oauth/callback', 400],
  ])('%s: %i', async (redirectUri, status) => {
    stage = await setClockedStage({}, { publicUrl: 'https://my.tunnel' });
    expect(await authorize(redirectUri)).toEqual([status, status === 302]);
  });

  it('the HTTP API, if there is no tunnel', async () => {
    stage = await setClockedStage();
    expect(await authorize(`${stage.local.apiUrl}/oauth/callback`)).toEqual([302, true]);
  });
});

describe('the OAuth app for another Asana', () => {
  async function beginOAuth(env: Record<string, string>) {
    const asana = await listen(createServer(), 0);
    const started = start(['--json', '--port', '0', '--asana', asana.url], {
      ASANA_ACCESS_TOKEN: 't',
      ...env,
    });
    const { lambda } = await readyLine(started);
    const url = `${lambda}/2015-03-31/functions/asana-webhooks-management/invocations`;
    const redirectUri = 'http://localhost:8976/callback';
    const body = JSON.stringify({ operation: 'beginOAuth', connection: 'work', redirectUri });
    const answer = await (await fetch(url, { method: 'POST', body })).text();
    await asana.close();
    return { answer, printed: started.output.stdout + started.output.stderr };
  }

  it('comes from the environment and is not printed', async () => {
    const app = { ASANA_OAUTH_CLIENT_ID: '4711', ASANA_OAUTH_CLIENT_SECRET: 'hush' };
    const { answer, printed } = await beginOAuth(app);
    expect(answer).toContain('client_id=4711');
    expect(answer + printed).not.toContain('hush');
  });

  it('does not exist if the environment has no app', async () => {
    expect((await beginOAuth({})).answer).toContain('OAuthNotConfigured');
  });
});
