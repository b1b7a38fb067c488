import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { localAws } from '../../local/aws/account.ts';
import { oauthAppSecret } from '../../local/start-local.ts';
import { authorizationAddress, type Ran, type Running, run, start } from '../cli/run.ts';
import { type Stage, setStage } from './stage.ts';

const app = {
  clientId: '77',
  clientSecret: 'hush',
  redirectUris: ['http://localhost/callback'],
  scopes: null,
};

let stage: Stage;
const tails: Running[] = [];

beforeAll(async () => {
  stage = await setStage();
  stage.simulator.controls.registerApp(app);
  const client = new SecretsManagerClient({ ...localAws, endpoint: stage.local.secretsManagerUrl });
  const { clientId, clientSecret } = app;
  const SecretString = JSON.stringify({ clientId, clientSecret });
  await client.send(new PutSecretValueCommand({ SecretId: oauthAppSecret, SecretString }));
});
afterAll(async () => {
  for (const tail of tails) tail.kill('SIGKILL');
  await stage.close();
});

const local = () => ['--local', '--local-url', stage.local.lambdaUrl];

/** Runs a command that must succeed. */
async function cli(args: readonly string[], stdin?: string): Promise<Ran> {
  const ran = await run([...args, ...local()], { stdin });
  expect(ran.stderr).not.toContain('error');
  expect(ran.code).toBe(0);
  return ran;
}

async function json<T>(args: readonly string[]): Promise<T> {
  return JSON.parse((await cli([...args, '--json'])).stdout) as T;
}

describe('the command line, from an empty state', () => {
  const webhooks: string[] = [];

  it('connects with a token', async () => {
    const user = String(stage.local.token.split('/')[1]);
    const token = stage.simulator.controls.newToken(user);
    const { stdout, stderr } = await cli(['connect', 'work'], `${token}\n`);
    expect(stdout).toContain('work is Example user <user@example.com>, by personalAccessToken.');
    expect(stdout).toContain('It can read webhooks, create and update webhooks, delete webhooks');
    expect(stdout + stderr).not.toContain(token);
    const wrong = await run(['connect', 'wrong', ...local()], { stdin: '2/1/2:not-a-token' });
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Asana does not accept this token'),
    });
    expect(wrong.stderr).not.toContain('not-a-token');
  });

  it('connects with OAuth2, in a browser', async () => {
    const connecting = start(['connect', 'customer', '--oauth', '--port', '0', ...local()]);
    const address = await authorizationAddress(connecting);
    const page = await fetch(address);
    expect(await page.text()).toMatch(/<h1>Access granted<\/h1>[\s\S]*You can close this window/);
    const { code, stdout } = await connecting.ended;
    expect(stdout).toContain('customer is Example user <user@example.com>, by oauth2.');
    expect(code).toBe(0);
  });

  it('reports a refusal if the person does not grant access to the app', async () => {
    stage.simulator.controls.setConsent('refuse');
    const connecting = start(['connect', 'nobody', '--oauth', '--port', '0', ...local()]);
    await vi.waitFor(() => expect(connecting.output.stderr).toContain('oauth_authorize'), {
      timeout: 10_000,
    });
    const page = await fetch(/http\S+oauth_authorize\S+/.exec(connecting.output.stderr)?.[0] ?? '');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('<h1>Not connected</h1>');
    expect(await connecting.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('access was refused'),
    });
    stage.simulator.controls.setConsent('grant');
  });

  it('lists connections as a table and as JSON', async () => {
    const { stdout } = await cli(['connections']);
    expect(stdout).toMatch(/^CONNECTION +KIND +STATE +TOKEN ENDS\n/);
    expect(stdout).toMatch(/^customer +oauth2 +ready +in 60 min$/m);
    expect(stdout).toMatch(/^work +personalAccessToken +ready$/m);
    const listed = await json<{ connection: string }[]>(['connections']);
    expect(listed.map(({ connection }) => connection)).toEqual(['customer', 'default', 'work']);
  });

  it('creates three webhooks with filters', async () => {
    for (const [connection, ...on] of [
      ['work', 'task.changed:due_on,completed', 'story/comment_added.added'],
      ['work', 'task.added'],
      ['customer', 'task.changed:name'],
    ] as const) {
      const flags = on.flatMap((filter) => ['--on', filter]);
      const args = ['create', stage.project, '--connection', connection, ...flags];
      const made = await json<{ data: { gid: string } }>(args);
      webhooks.push(made.data.gid);
    }
    const again = await cli([
      'create',
      stage.project,
      '--connection',
      'customer',
      '--on',
      'task.changed:name',
      '--ensure',
    ]);
    expect(again.stdout).toContain(`Webhook ${webhooks[2]} is found: task.changed:name.`);
  });

  it('lists the webhooks as a table without colours and as JSON', async () => {
    const { stdout } = await cli(['list', '--connection', 'work']);
    const [first] = webhooks;
    expect(stdout).toMatch(
      /^WEBHOOK +RESOURCE +GID +FILTERS +STATUS +AT ASANA +LAST DELIVERY +SUBSCRIPTION\n/,
    );
    expect(stdout).toMatch(
      new RegExp(
        `^${first} +Example project +${stage.project} +task.changed:due_on,completed story/comment_added.added +active +active +(just now +)?sub_`,
        'm',
      ),
    );
    expect(stdout).not.toContain('\u001b[');
    const listed = await json<{ data: { gid: string }[] }>([
      'list',
      '--connection',
      'work',
      '--workspace',
      stage.workspace,
    ]);
    expect(listed.data.map(({ gid }) => gid)).toEqual(webhooks.slice(0, 2));
  });

  it('updates a webhook and shows it', async () => {
    const [, second = ''] = webhooks;
    const { stdout } = await cli(['update', second, '--on', 'task.changed:notes']);
    expect(stdout).toBe(`Webhook ${second} now has the filters task.changed:notes.\n`);
    expect((await cli(['get', second])).stdout).toMatch(/filters +task\.changed:notes/);
    expect((await cli(['quota', '--connection', 'work'])).stdout).toContain('2 of 10000 webhooks');
  });

  it('follows events while tasks change', async () => {
    await stage.changeTask({ due_on: '2030-01-01' });
    await stage.settle();
    const tail = start(['events', 'tail', ...local()]);
    tails.push(tail);
    const asJson = start(['events', 'tail', '--json', ...local()]);
    tails.push(asJson);
    for (const { output } of tails) {
      await vi.waitFor(() => expect(output.stderr).toContain('Waiting for events'), { timeout: 10_000 });
    }
    await new Promise((go) => setTimeout(go, 1_500));
    await stage.changeTask({ notes: 'x', name: 'Another name' });
    for (const { output } of tails) {
      await vi.waitFor(() => expect(output.stdout.trim().split('\n')).toHaveLength(2), { timeout: 10_000 });
      expect(output.stdout).not.toContain('due_on');
    }
    expect(tail.output.stdout).toMatch(
      new RegExp(`task ${stage.task} changed: (notes|name) +\\(\\w+ \\d+ sub_\\S+\\)\n`),
    );
    const lines = asJson.output.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event.change.field).sort()).toEqual(['name', 'notes']);
    tail.kill('SIGINT');
    expect(await tail.ended).toMatchObject({ code: 0 });
  });

  it('lists and replays the events', async () => {
    const { stdout } = await cli(['events', 'list', '--action', 'changed', '--webhook', webhooks[0] ?? '']);
    expect(stdout).toMatch(new RegExp(`task ${stage.task} changed: due_on`));
    expect((await cli(['replay', '--webhook', webhooks[0] ?? '', '--plan'])).stdout).toMatch(
      /^1 event, from/,
    );
    const { sent, status } = await json<{ sent: number; status: string }>([
      'replay',
      '--replay-id',
      'again',
      '--yes',
    ]);
    expect({ sent, status }).toEqual({ sent: 3, status: 'done' });
    expect((await run(['dlq', 'list', ...local()])).stderr).toContain('There are no dead letters.');
  });

  it('explains a failure, and exits with code 1', async () => {
    const { code, stdout, stderr } = await run(['get', '42', ...local()]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('webhook: Unknown object: 42');
    const used = await run(['connections', 'delete', 'work', '--yes', ...local()]);
    expect(used).toMatchObject({ code: 1, stderr: expect.stringContaining('has 2 webhooks') });
  });

  it('deletes a single webhook and all webhooks, after a plan', async () => {
    const [first = ''] = webhooks;
    expect((await cli(['delete', first, '--yes'])).stdout).toBe(`Webhook ${first} is deleted.\n`);
    const plan = await cli(['delete', '--all', '--connection', 'work', '--plan']);
    expect(plan.stderr).toContain('1 webhook to do. Nothing was changed.');
    expect(stage.simulator.controls.webhooks()).toHaveLength(2);
    const fast = ['--requests-per-minute', '1500'];
    await cli(['delete', '--all', '--connection', 'work', '--yes', ...fast]);
    await cli(['delete', '--resource', stage.project, '--connection', 'customer', '--yes', ...fast]);
    expect(stage.simulator.controls.webhooks()).toEqual([]);
    await cli(['connections', 'delete', 'work', '--yes']);
    expect(await json<object[]>(['connections'])).toHaveLength(2);
  });
});
