import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { FunctionHost } from './function-host.ts';
import { answerOf } from './invocation.ts';
import { type Listening, listen } from './listen.ts';
import { decode, urlOf } from './request-url.ts';

const invokePath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
/** The limit for the payload of a synchronous invocation (Lambda quotas). */
const maxPayloadBytes = 6 * 1024 * 1024;

/**
 * Further requests that the endpoint answers, by method and path. Each function returns the object to send.
 */
export type Controls = Readonly<Record<string, () => object>>;

/**
 * Starts Lambda's Invoke API (Lambda API reference, "Invoke") for these functions. `aws lambda invoke
 * --endpoint-url` and every SDK work with it.
 */
export function startLambdaEndpoint(
  functions: readonly FunctionHost[],
  port: number,
  controls: Controls = {},
): Promise<Listening> {
  const server = createServer((request, response) => {
    answer(request, response, { functions, controls }).catch(() => {
      if (!response.headersSent) refuse(response, 500, 'ServiceException', 'The service failed.');
    });
  });
  return listen(server, port);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { functions, controls }: { readonly functions: readonly FunctionHost[]; readonly controls: Controls },
): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  const pathname = urlOf(request)?.pathname ?? '';
  const asked = `${request.method} ${pathname}`;
  if (Object.hasOwn(controls, asked)) {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(controls[asked]?.()));
    return;
  }
  const named = invokePath.exec(pathname)?.[1];
  if (named === undefined || request.method !== 'POST') {
    const known = ['POST /2015-03-31/functions/<name>/invocations', ...Object.keys(controls)].join(', ');
    return refuse(
      response,
      404,
      'UnknownOperationException',
      `Unknown request ${asked}. Known requests: ${known}.`,
    );
  }
  const decoded = decode(named);
  if (decoded === undefined) {
    return refuse(
      response,
      400,
      'ValidationException',
      `The function name "${named}" is not percent-encoded correctly.`,
    );
  }
  const name = functionNameIn(decoded);
  const invoked = functions.find(({ functionName }) => functionName === name);
  if (invoked === undefined) {
    const known = functions.map(({ functionName }) => functionName).join(', ');
    return refuse(
      response,
      404,
      'ResourceNotFoundException',
      `Function not found: ${name}. Known functions: ${known}.`,
    );
  }
  if (body.length > maxPayloadBytes) {
    return refuse(
      response,
      413,
      'RequestTooLargeException',
      `The payload is larger than ${maxPayloadBytes} bytes.`,
    );
  }
  const payload = parse(body);
  if (payload === undefined) {
    return refuse(response, 400, 'InvalidRequestContentException', 'Could not parse the payload as JSON.');
  }
  await invoke(invoked, payload.value, request, response);
}

async function invoke(
  invoked: FunctionHost,
  payload: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (request.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
    case 'DryRun':
      response.writeHead(204).end();
      return;
    case 'Event':
      void invoked.invoke(payload);
      response.writeHead(202).end();
      return;
    case 'RequestResponse':
      break;
    default:
      return refuse(response, 400, 'InvalidParameterValueException', 'Unknown X-Amz-Invocation-Type.');
  }
  const result = await invoked.invoke(payload);
  if (result === undefined) return refuse(response, 429, 'TooManyRequestsException', 'Rate Exceeded.');
  const answer = answerOf(result);
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'X-Amz-Executed-Version': '$LATEST',
    'X-Amzn-RequestId': result.requestId,
    ...(!answer.ok && { 'X-Amz-Function-Error': 'Unhandled' }),
  });
  response.end(answer.ok ? answer.json : JSON.stringify(answer.failure));
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Amzn-ErrorType': type });
  response.end(JSON.stringify({ Type: 'User', Message: message, message }));
}

/** Returns the name in a function name, a partial ARN or a full ARN. Each form may end with a qualifier. */
function functionNameIn(named: string): string {
  const parts = named.split(':');
  const at = parts.indexOf('function');
  return (at === -1 ? parts[0] : parts[at + 1]) ?? named;
}

/** Parses a payload. An empty payload is a null event, as in Lambda. */
function parse(body: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: body.length === 0 ? null : JSON.parse(body.toString('utf8')) };
  } catch {
    return undefined;
  }
}
