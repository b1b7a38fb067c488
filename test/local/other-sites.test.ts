import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startJsonService } from '../../local/aws/json-service.ts';
import type { Listening } from '../../local/aws/listen.ts';
import { type ClockedStage, setClockedStage } from '../journeys/stage.ts';

let stage: ClockedStage;
let service: Listening;
beforeAll(async () => {
  stage = await setClockedStage(
    {},
    { publicUrl: 'https://my.tunnel', oauthReturnUrls: ['https://product.example'] },
  );
  service = await startJsonService({});
});
afterAll(async () => {
  await service.close();
  await stage.close();
});

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request with exactly these headers, including a `Host` that `fetch` would not send. */
function send(url: string, { method = 'GET', headers = {}, body = '' }: Call) {
  return new Promise<{ status: number; headers: object; body: string }>((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      response.toArray().then(
        (chunks) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const servers: Readonly<Record<string, () => string>> = {
  'the HTTP API': () => `${stage.local.apiUrl}/webhooks/unknown`,
  'the Lambda endpoint': () => invokePath(),
  'the simulated Asana': () => `${stage.local.asanaUrl}/users/me`,
  "the simulator's controls": () => `${stage.simulator.origin}/simulator/webhooks`,
  "the simulator's authorize page": () => `${stage.simulator.origin}/-/oauth_authorize?client_id=unknown`,
  DynamoDB: () => stage.local.dynamodbUrl,
  'Secrets Manager': () => stage.local.secretsManagerUrl,
  SQS: () => stage.local.sqs.url,
  EventBridge: () => stage.local.eventBus.url,
  'any JSON service': () => service.url,
};

const invokePath = () =>
  `${stage.local.lambdaUrl}/2015-03-31/functions/asana-webhooks-management/invocations`;
const portOf = (url: string) => new URL(url).port;

describe.each(Object.entries(servers))('%s', (_, urlOf) => {
  it.each([
    ['a foreign Host', () => ({ Host: 'evil.example' })],
    ['a foreign Host with its port', (port: string) => ({ Host: `evil.example:${port}` })],
    ['a Host that begins with its own Host', (port: string) => ({ Host: `localhost:${port}.evil.example` })],
    ['the port of another server', () => ({ Host: 'localhost:1' })],
    ['a foreign Origin', () => ({ Origin: 'https://evil.example' })],
    ['an opaque Origin', () => ({ Origin: 'null' })],
    ['the Origin of another server on this machine', () => ({ Origin: 'http://localhost:5173' })],
    ['a cross-site request', () => ({ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' })],
    ['a request from another port', () => ({ 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'cors' })],
    ['a frame', () => ({ ...navigation('cross-site'), 'Sec-Fetch-Dest': 'iframe' })],
  ])('answers 403 to %s', async (_, headersOf) => {
    const url = urlOf();
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const answer = await send(url, { method, headers: headersOf(portOf(url)) });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body).message).toMatch(/local mode.* Call http:\/\/127\.0\.0\.1:\d+/i);
      expect(JSON.stringify(answer.headers)).not.toContain('access-control');
    }
  });

  it.each([
    ['no header of a browser', () => ({})],
    ['localhost', (port: string) => ({ Host: `localhost:${port}` })],
    ['LOCALHOST', (port: string) => ({ Host: `LOCALHOST:${port}` })],
    ['[::1]', (port: string) => ({ Host: `[::1]:${port}` })],
    [
      'its own Origin',
      (port: string) => ({ Origin: `http://127.0.0.1:${port}`, 'Sec-Fetch-Site': 'same-origin' }),
    ],
    ['an address that a person typed', () => navigation('none')],
  ])('accepts %s', async (_, headersOf) => {
    const url = urlOf();
    expect((await send(url, { headers: headersOf(portOf(url)) })).status).not.toBe(403);
  });
});

const navigation = (site: string) => ({
  'Sec-Fetch-Site': site,
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
});

describe('a page of another website', () => {
  it('cannot run an operation', async () => {
    const body = JSON.stringify({ operation: 'createWebhook', resource: stage.project });
    const headers = { Origin: 'https://evil.example', 'Content-Type': 'text/plain' };
    expect((await send(invokePath(), { method: 'POST', headers, body })).status).toBe(403);
    expect(stage.simulator.controls.webhooks()).toEqual([]);
  });

  it.each([
    ['the authorize page of the simulator', () => servers["the simulator's authorize page"]?.(), 400],
    ['GET /oauth/start', () => `${stage.local.apiUrl}/oauth/start?state=x`, 404],
    ['GET /oauth/callback', () => `${stage.local.apiUrl}/oauth/callback?state=x`, 404],
  ])('may send a browser to %s', async (_, urlOf, status) => {
    for (const site of ['cross-site', 'same-site']) {
      expect((await send(urlOf() ?? '', { headers: navigation(site) })).status).toBe(status);
    }
  });

  it.each([
    ['by POST', { method: 'POST', headers: navigation('cross-site') }],
    ['without a visible page', { headers: { ...navigation('cross-site'), 'Sec-Fetch-Dest': 'image' } }],
    ['from a script', { headers: { ...navigation('cross-site'), 'Sec-Fetch-Mode': 'cors' } }],
    ['under a foreign Host', { headers: { ...navigation('cross-site'), Host: 'evil.example' } }],
  ])('may not send a browser to these addresses %s', async (_, call) => {
    for (const url of [
      servers["the simulator's authorize page"]?.() ?? '',
      `${stage.local.apiUrl}/oauth/callback`,
    ]) {
      expect((await send(url, call)).status).toBe(403);
    }
  });

  it('may not send a browser to another address', async () => {
    for (const url of [servers['the HTTP API']?.(), servers["the simulator's controls"]?.(), invokePath()]) {
      expect((await send(url ?? '', { headers: navigation('cross-site') })).status).toBe(403);
    }
  });
});

describe('the host of --public-url', () => {
  it('is a host of the HTTP API and of no other server', async () => {
    for (const [name, urlOf] of Object.entries(servers)) {
      for (const Host of ['my.tunnel', 'my.tunnel:443']) {
        const { status } = await send(urlOf(), { headers: { Host } });
        expect([name, status === 403]).toEqual([name, name !== 'the HTTP API']);
      }
    }
  });

  it('is an origin of the HTTP API, even if the tunnel changes the Host', async () => {
    const url = `${stage.local.apiUrl}/webhooks/unknown`;
    for (const Host of ['my.tunnel', `localhost:${portOf(url)}`]) {
      expect((await send(url, { headers: { Host, Origin: 'https://my.tunnel' } })).status).not.toBe(403);
      expect((await send(url, { headers: { Host, Origin: 'http://my.tunnel' } })).status).toBe(403);
    }
  });
});

it('makes servers listen only in simulator.ts and listen.ts', () => {
  const root = join(import.meta.dirname, '../../local');
  const listening = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && readFileSync(join(root, path), 'utf8').includes('.listen('),
  );
  expect(listening.sort()).toEqual(['asana-simulator/simulator.ts', 'aws/listen.ts']);
});
