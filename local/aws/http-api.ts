import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Platform, platform } from '../../functions/runtime/platform.ts';
import { localAccount } from './account.ts';
import type { FunctionHost } from './function-host.ts';
import { type Listening, listen } from './listen.ts';
import { decode, urlOf } from './request-url.ts';

/** The limit for the payload of an HTTP API request (API Gateway quotas). */
const maxBodyBytes = 10 * 1024 * 1024;
/**
 * The limit for the payload of a synchronous invocation (Lambda quotas). The payload contains the request.
 */
const maxInvocationBytes = 6 * 1024 * 1024;

const route = /^\/webhooks\/([^/]+)$/;
const oauthRoute = /^\/oauth\/(start|callback)$/;

export interface HttpApiOptions {
  /** Returns the OAuth function after it is started. @default - no OAuth function and no routes for it */
  readonly oauth?: () => FunctionHost | undefined;
  /** The address of a tunnel to this API. @default - there is no tunnel */
  readonly publicUrl?: string;
  /** @default - the clock of the machine */
  readonly clock?: Pick<Platform, 'now'>;
}

/**
 * Starts an API Gateway HTTP API with the routes of the stack. `ANY /webhooks/{hookKey}` invokes the
 * receiver. `GET /oauth/start` and `GET /oauth/callback` invoke the OAuth function, if there is an OAuth
 * function.
 */
export function startHttpApi(
  receiver: FunctionHost,
  port: number,
  { oauth = () => undefined, publicUrl, clock = platform }: HttpApiOptions = {},
): Promise<Listening> {
  const server = createServer((request, response) => {
    answer(request, response, { receiver, oauth: oauth() }, clock.now()).catch(() => {
      if (!response.headersSent) say(response, 500, 'Internal Server Error');
    });
  });
  return listen(server, port, { publicUrl, navigable: ['/oauth/start', '/oauth/callback'] });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { receiver, oauth }: { readonly receiver: FunctionHost; readonly oauth: FunctionHost | undefined },
  now: Date,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return say(response, 413, 'Request Entity Too Large');
  const url = urlOf(request);
  if (url === undefined) return say(response, 400, 'Bad Request');
  const { pathname } = url;
  const named = route.exec(pathname)?.[1];
  const isOAuth = oauth !== undefined && request.method === 'GET' && oauthRoute.test(pathname);
  if (named === undefined && !isOAuth) return say(response, 404, 'Not Found');
  const hookKey = named === undefined ? undefined : decode(named);
  if (named !== undefined && hookKey === undefined) return say(response, 400, 'Bad Request');
  const fn = isOAuth ? oauth : receiver;
  const event = eventOf(request, url, body, hookKey, now);
  if (JSON.stringify(event).length > maxInvocationBytes)
    return say(response, 413, 'Request Entity Too Large');
  const result = await fn.invoke(event);
  // The client gets 503 if the function is throttled, and 500 if the function fails.
  if (result === undefined) return say(response, 503, 'Service Unavailable');
  if (!result.ok) return say(response, 500, 'Internal Server Error');
  send(response, result.value);
}

function say(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ message }));
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks);
}

/**
 * Returns the request in payload format 2.0 (API Gateway, "Create AWS Lambda proxy integrations for HTTP
 * APIs").
 */
function eventOf(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  hookKey: string | undefined,
  now: Date,
): APIGatewayProxyEventV2 {
  const { cookie, ...headers } = request.headersDistinct;
  const joined = Object.entries(headers).map(([name, values]) => [name, (values ?? []).join(',')] as const);
  const isText = isTextual(request.headers['content-type']);
  const routeKey = hookKey === undefined ? `GET ${url.pathname}` : 'ANY /webhooks/{hookKey}';
  return {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    cookies: cookie?.flatMap((line) => line.split(/; */)),
    headers: Object.fromEntries(joined),
    queryStringParameters: url.search ? Object.fromEntries(url.searchParams) : undefined,
    pathParameters: hookKey === undefined ? undefined : { hookKey },
    requestContext: {
      accountId: localAccount,
      apiId: 'local',
      domainName: request.headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method: request.method ?? 'GET',
        path: url.pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    body: body.length === 0 ? undefined : body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/**
 * Whether API Gateway passes a body of this type as text. It passes every other body, and a body without a
 * type, as base64.
 */
function isTextual(contentType: string | undefined): boolean {
  return /^(text\/|application\/(json|javascript|xml)|application\/[^;]+\+(json|xml))/i.test(
    contentType ?? '',
  );
}

function send(response: ServerResponse, value: unknown): void {
  const isStructured = typeof value === 'object' && value !== null && 'statusCode' in value;
  // A function may return a plain value. The HTTP answer is then 200 with the value as JSON.
  const result: APIGatewayProxyStructuredResultV2 = isStructured
    ? (value as APIGatewayProxyStructuredResultV2)
    : { statusCode: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
  response.statusCode = result.statusCode ?? 200;
  for (const [name, header] of Object.entries(result.headers ?? {}))
    response.setHeader(name.toLowerCase(), String(header));
  if (result.cookies) response.setHeader('set-cookie', result.cookies);
  response.end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'));
}
