import { createServer, request as forward, type IncomingMessage } from 'node:http';
import { type Listening, listen } from '../../../local/aws/listen.ts';

/** The answer that a call gets if the proxy does not pass the call on. */
export type Interference = (operation: string, body: Buffer) => Answer | 'pass' | Promise<Answer | 'pass'>;

export interface Answer {
  readonly status: number;
  readonly body: object;
}

export interface AwsProxy extends Listening {
  /** The called operations, in order: `GetItem`, `BatchWriteItem`, … */
  readonly calls: string[];
  interfere(by: Interference | undefined): void;
}

/** A proxy between a function and an AWS service. It counts the calls and answers some calls itself. */
export async function startAwsProxy(upstream: string): Promise<AwsProxy> {
  const calls: string[] = [];
  let interference: Interference | undefined;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const operation = operationOf(request);
    calls.push(operation);
    const answer = (await interference?.(operation, body)) ?? 'pass';
    if (answer !== 'pass') {
      response.writeHead(answer.status, { 'Content-Type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(answer.body));
      return;
    }
    const { host, ...headers } = request.headers;
    const passedOn = forward(upstream, { method: request.method, path: request.url, headers }, (result) => {
      response.writeHead(result.statusCode ?? 500, result.headers);
      result.pipe(response);
    });
    passedOn.end(body);
  });
  const listening = await listen(server, 0);
  return {
    ...listening,
    calls,
    interfere: (by) => {
      interference = by;
    },
  };
}

function operationOf(request: IncomingMessage): string {
  return String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
}
