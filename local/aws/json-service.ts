import { createServer, type IncomingMessage } from 'node:http';
import { type Listening, listen } from './listen.ts';

/** An error with the name that the AWS service uses. */
export class ServiceError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** An operation of a service. @throws ServiceError */
export type Operation = (input: Readonly<Record<string, unknown>>) => object | Promise<object>;

/**
 * Starts a service with AWS's JSON protocol. The SDKs use this protocol for DynamoDB, SQS, EventBridge and
 * Secrets Manager. The header `X-Amz-Target` has the name of the operation after a dot.
 */
export function startJsonService(operations: Readonly<Record<string, Operation>>): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const name = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    };
    try {
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (!operation) throw new ServiceError('UnknownOperationException', `Unknown operation ${name}`);
      answer(200, await operation(await readJson(request)));
    } catch (error) {
      const isExpected = error instanceof ServiceError;
      const { name, message } = isExpected ? error : new ServiceError('InternalFailure', String(error));
      answer(isExpected ? 400 : 500, { __type: name, message });
    }
  });
  return listen(server, 0);
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks = await request.toArray();
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, unknown>;
}
