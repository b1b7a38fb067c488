import { request } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FunctionHost } from '../../../local/aws/function-host.ts';
import { startHttpApi } from '../../../local/aws/http-api.ts';
import type { InvocationResult } from '../../../local/aws/invocation.ts';
import type { Listening } from '../../../local/aws/listen.ts';

let api: Listening;
let seen: APIGatewayProxyEventV2[];
let answer: () => InvocationResult | undefined;

const receiver: FunctionHost = {
  functionName: 'receiver',
  functionArn: 'arn',
  invoke: async (payload) => {
    seen.push(payload as APIGatewayProxyEventV2);
    return answer();
  },
  crash: async () => undefined,
  close: async () => undefined,
};

const answering = (value: unknown) => () => ({ ok: true, value, requestId: '1' }) as const;

beforeAll(async () => {
  api = await startHttpApi(receiver, 0);
});
afterAll(() => api.close());
beforeEach(() => {
  seen = [];
  answer = answering({ statusCode: 200 });
});

const post = (path: string, init: RequestInit = {}) =>
  fetch(`${api.url}${path}`, { method: 'POST', ...init });

describe('the local HTTP API', () => {
  it('passes a request on in payload format 2.0', async () => {
    await post('/webhooks/key?a=1&b=2', {
      headers: { 'X-Hook-Signature': 'ab', 'Content-Type': 'application/json' },
      body: '{"ü":1}',
    });
    expect(seen[0]).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /webhooks/{hookKey}',
      rawPath: '/webhooks/key',
      rawQueryString: 'a=1&b=2',
      headers: { 'x-hook-signature': 'ab' },
      pathParameters: { hookKey: 'key' },
      requestContext: { http: { method: 'POST', path: '/webhooks/key' } },
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
  });

  it.each([
    ['application/json', false],
    ['application/json; charset=UTF-8', false],
    ['application/vnd.api+json', false],
    ['text/plain', false],
    ['application/xml', false],
    ['application/octet-stream', true],
    ['application/x-www-form-urlencoded', true],
  ])('passes a body of type %s on as base64: %s', async (type, isBase64) => {
    await post('/webhooks/key', { headers: { 'Content-Type': type }, body: 'ü' });
    expect(seen[0]).toMatchObject({ isBase64Encoded: isBase64, body: isBase64 ? 'w7w=' : 'ü' });
  });

  it('joins repeated headers by comma', async () => {
    await new Promise((resolve) => {
      const sent = request(`${api.url}/webhooks/key`, { method: 'POST' }, (response) => {
        response.resume().on('end', resolve);
      });
      sent.setHeader('X-Many', ['a', 'b']);
      sent.end();
    });
    expect(seen[0]?.headers['x-many']).toBe('a,b');
  });

  it('omits an absent body', async () => {
    await fetch(`${api.url}/webhooks/key`);
    expect(seen[0]?.body).toBeUndefined();
  });

  it('answers with the status, headers and body of the function', async () => {
    answer = answering({ statusCode: 418, headers: { 'X-Hook-Secret': 's' }, body: 'b' });
    const response = await post('/webhooks/key');
    expect([response.status, response.headers.get('x-hook-secret'), await response.text()]).toEqual([
      418,
      's',
      'b',
    ]);
  });

  it('answers 200 if the function returns a plain value', async () => {
    answer = answering({ hello: 1 });
    expect(await (await post('/webhooks/key')).json()).toEqual({ hello: 1 });
  });

  it('has one route', async () => {
    for (const path of ['/', '//', '/webhooks', '/webhooks/', '/webhooks/a/b', '/other', '/%zz']) {
      const response = await post(path);
      expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }]);
    }
    expect(seen).toEqual([]);
  });

  it.each(['/webhooks/%zz', '/webhooks/%', '/webhooks/%c3%28'])(
    'answers 400 to the path %s',
    async (path) => {
      const response = await post(path);
      expect([response.status, await response.json()]).toEqual([400, { message: 'Bad Request' }]);
      expect(seen).toEqual([]);
    },
  );

  it('answers 500 if the function fails, and 503 if the function is busy', async () => {
    answer = () => ({ ok: false, failure: { errorType: 'E', errorMessage: 'secret' }, requestId: '1' });
    const failed = await post('/webhooks/key');
    expect([failed.status, await failed.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
    answer = () => undefined;
    expect((await post('/webhooks/key')).status).toBe(503);
  });

  it.each([7, 11])('refuses a body of %i MB', async (megabytes) => {
    const response = await post('/webhooks/key', { body: Buffer.alloc(megabytes * 1024 * 1024) });
    expect(response.status).toBe(413);
    expect(seen).toEqual([]);
  });
});
