import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../local/aws/listen.ts';
import { run } from './run.ts';

const aws = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: undefined,
};

describe('asana-webhooks', () => {
  it.each([
    [['--help'], 'Asana webhooks in your AWS account'],
    [['create', '--help'], 'create 1208 --on task.changed:due_on,completed'],
    [['delete', '--help'], 'delete --all --plan'],
    [['connect', '--help'], 'connect sales < token.txt'],
    [['events', 'list', '--help'], 'events list --from'],
    [['replay', '--help'], 'replay --from'],
    [['completion'], 'asana-webhooks'],
  ])('%j shows help with examples, and ends with 0', async (args, text) => {
    const { code, stdout } = await run(args);
    expect(stdout).toContain(text);
    expect(code).toBe(0);
  });

  it.each([
    'connect',
    'connections',
    'connections check',
    'connections delete',
    'create',
    'list',
    'get',
    'update',
    'delete',
    'events',
    'events list',
    'events tail',
    'replay',
    'dlq',
    'dlq list',
    'dlq redrive',
    'quota',
  ])('%s --help has an example', async (command) => {
    const { code, stdout } = await run([...command.split(' '), '--help']);
    expect(stdout).toMatch(/Examples:\n +asana-webhooks /);
    expect(code).toBe(0);
  });

  it.each([
    [[], 'Say what to do'],
    [['frob'], 'Unknown argument: frob'],
    [['list', '--frob'], 'Unknown argument: frob'],
    [['get'], 'Not enough'],
    [['events'], 'Say what to do with events'],
    [['create', '--local'], 'Name a resource, or --workspace or --team'],
    [['create', '1', '--workspace', '2'], 'mutually exclusive'],
    [['create', '1', '--on', 'tusk', '--local'], 'there is no resource type "tusk"'],
    [['delete', '--local'], 'Name a webhook, or --resource, or --all'],
    [['delete', '1', '--local'], 'say --yes'],
    [['connect', 'x', '--local'], 'pipe it in'],
  ])('%j is misuse: a clear sentence, and 2', async (args, text) => {
    const { code, stdout, stderr } = await run(args);
    expect(stderr).toContain(text);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('says so where local mode is not running', async () => {
    const { code, stderr } = await run(['quota', '--local', '--local-url', 'http://127.0.0.1:9']);
    expect(stderr).toContain('start local mode with npm start');
    expect(code).toBe(1);
  });
});

describe('asana-webhooks with a deployed stack', () => {
  let cloud: Listening;
  let seen: string[];
  /** What CloudFormation answers. */
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
    const { code, stdout, stderr } = await run(['connections', '--stack', 'Mine', '--json'], { env: env() });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    expect(seen.at(-1)).toBe(
      '/2015-03-31/functions/the-function/invocations {"operation":"listConnections"}',
    );
  });

  it('says so where there is no such stack', async () => {
    stack = 'Mine';
    const { code, stderr } = await run(['connections'], { env: env() });
    expect(stderr).toContain('There is no stack AsanaWebhooks here: name it with --stack');
    expect(code).toBe(1);
  });
});
