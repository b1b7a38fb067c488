import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../local/aws/listen.ts';
import { runCli } from './harness.ts';
import { run, start } from './run.ts';

const aws = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: undefined,
};

describe('asana-webhooks', () => {
  it.each([
    [[], 'Asana webhooks in your AWS account'],
    [['--help'], 'Asana webhooks in your AWS account'],
    [['-h'], 'Asana webhooks in your AWS account'],
    [['--version'], '0.1.0'],
    [['create', '--help'], 'create 1208 --on task.changed:due_on,completed'],
    [['delete', '--help'], 'delete --all --plan'],
    [['connect', '--help'], 'connect sales < token.txt'],
    [['events', 'list', '--help'], 'events list --from'],
    [['replay', '--help'], 'replay --from'],
    [['completion'], 'eval "$(asana-webhooks completion)"'],
  ])('%j shows help with examples, and exits with 0', async (args, text) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stdout).toContain(text);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each([
    'connect',
    'connections',
    'connections list',
    'connections check',
    'connections delete',
    'create',
    'list',
    'get',
    'update',
    'delete',
    'events',
    'events list',
    'events get',
    'events tail',
    'replay',
    'dlq',
    'dlq list',
    'dlq redrive',
    'quota',
    'completion',
  ])('%s --help has an example', async (command) => {
    const { code, stdout } = await runCli([...command.split(' '), '--help']);
    expect(stdout).toMatch(/Examples:\n +asana-webhooks /);
    expect(code).toBe(0);
  });

  it.each([
    [['frob'], 'Unknown argument: frob. See'],
    [['conections'], 'There is no command "conections". Did you mean connections?'],
    [['list', '--frob'], 'Unknown argument: frob'],
    [['list', '--conection', 'x'], 'Did you mean --connection?'],
    [['get'], 'An argument is missing: asana-webhooks get <webhook>. See asana-webhooks get --help.'],
    [['connections', 'check'], 'An argument is missing: asana-webhooks connections check <name>.'],
    [['get', '1', '--webhook', '4'], 'Unknown argument: webhook. Write it without dashes: <webhook>.'],
    [['create', '1', '--on'], 'Not enough arguments following: on'],
    [['list', '--connection', 'a', '--connection', 'b'], '--connection is given more than once'],
    [['events', 'list', '--limit', 'many'], '--limit needs a whole number'],
    [['events', 'list', '--from', 'yesterdayish'], '"yesterdayish" is not a time. Use 30m'],
    [['events'], 'Choose a command of events: list, get, tail'],
    [['create'], 'Name a resource, or use --workspace or --team'],
    [['create', '1', '--workspace', '2'], 'mutually exclusive'],
    [['create', '1', '--on', 'task.touched'], 'there is no action "touched"'],
    [['delete'], 'Name a webhook, or use --resource or --all'],
    [['delete', '1'], 'add --yes'],
    [['connect', 'x', '--port', '1'], 'need --oauth'],
  ])('%j is refused with a clear sentence, and exits with 2', async (args, text) => {
    const { code, stdout, stderr, calls } = await runCli(args);
    expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout, calls }).toEqual({ code: 2, stdout: '', calls: [] });
  });

  it('fails if no token is typed or piped', async () => {
    const ran = await runCli(['connect', 'x'], { answers: { listConnections: { data: [] } } });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('pipe it in') });
  });

  it('with --json prints the error as one line of JSON', async () => {
    const { code, stdout, stderr } = await runCli(['frob', '--json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({ error: { name: 'Misuse', message: expect.any(String) } });
  });
});

describe('asana-webhooks, as a process', () => {
  it('exits with 1 if local mode is not running, and says how to start it', async () => {
    const { code, stderr } = await run(['quota', '--local-url', 'http://127.0.0.1:9']);
    expect(stderr).toContain('Start local mode with npm start');
    expect(code).toBe(1);
  });

  it('exits with 0 if its reader closes the pipe', async () => {
    const child = start(['create', '--help']);
    child.closeOutput();
    expect(await child.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('asana-webhooks with a deployed stack', () => {
  let cloud: Listening;
  let seen: string[];
  /** The response of CloudFormation. */
  let stack: string;
  beforeAll(async () => {
    seen = [];
    const server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      seen.push(`${request.url} ${body}`);
      if (request.url?.includes('/functions/')) {
        response.end(JSON.stringify({ data: [] }));
        return;
      }
      const isKnown = body.includes(`StackName=${stack}`);
      response.writeHead(isKnown ? 200 : 400, { 'Content-Type': 'text/xml' });
      response.end(
        isKnown
          ? `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${stack}</StackName><Outputs><member><OutputKey>ManagementFunctionName</OutputKey><OutputValue>the-function</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
          : '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id X does not exist</Message></Error></ErrorResponse>',
      );
    });
    cloud = await listen(server, 0);
  });
  afterAll(() => cloud.close());
  const env = () => ({ ...aws, AWS_ENDPOINT_URL: cloud.url });

  it('finds the function by the stack’s output, and invokes it', async () => {
    stack = 'Mine';
    const { code, stdout, stderr } = await run(['connections', '--offline', '--stack', 'Mine', '--json'], {
      env: env(),
    });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    expect(seen.at(-1)).toBe(
      '/2015-03-31/functions/the-function/invocations {"operation":"listConnections"}',
    );
  });

  it('says how to choose a stack if there is no such stack', async () => {
    stack = 'Mine';
    const { code, stderr } = await run(['connections'], { env: env() });
    expect(stderr).toContain('There is no stack AsanaWebhooks in this region. Choose it with --stack');
    expect(code).toBe(1);
  });
});
