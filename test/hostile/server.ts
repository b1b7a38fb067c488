import { createServer } from 'node:http';
import { type Listening, listen } from '../../local/aws/listen.ts';
import { type Call, callOf } from './request.ts';
import type { Answer } from './upstream.ts';

export interface Connection {
  /** Ends the connection without an answer. */
  drop(): void;
}

/** Starts an HTTP server that answers calls to DynamoDB. */
export function startServer(
  answer: (call: Call, connection: Connection) => Promise<Answer | 'dropped'>,
): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const connection = { drop: () => void request.socket.destroy() };
    try {
      const body = Buffer.concat(await request.toArray()).toString();
      const result = await answer(callOf(request.headers, JSON.parse(body)), connection);
      if (result === 'dropped') return;
      response.writeHead(result.status, { 'Content-Type': 'application/x-amz-json-1.0' });
      response.end(result.text);
    } catch (error) {
      // For example if DynamoDB was closed first. The client sees a failed connection.
      if (!response.headersSent) connection.drop();
      else throw error;
    }
  });
  return listen(server, 0);
}
