import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Calls the DynamoDB behind the layer. */
export interface Upstream {
  /** @throws an error of the connection */
  call(operation: string, input: object): Promise<Answer>;
  close(): void;
}

/** dynalite requires these headers, and does not check the signature. */
const signed = {
  Authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none',
  'X-Amz-Date': '20260101T000000Z',
  'Content-Type': 'application/x-amz-json-1.0',
};

/** Creates a caller of the DynamoDB at the address that `url` returns. */
export function createUpstream(url: () => string): Upstream {
  const agent = new Agent({ keepAlive: true });
  return {
    call(operation, input) {
      const body = Buffer.from(JSON.stringify(input));
      const headers = {
        ...signed,
        'X-Amz-Target': `DynamoDB_20120810.${operation}`,
        'Content-Length': body.length,
      };
      return new Promise((resolve, reject) => {
        const call = request(url(), { agent, method: 'POST', headers }, (response) => {
          response.toArray().then((chunks: Buffer[]) => {
            resolve({ status: response.statusCode ?? 500, text: Buffer.concat(chunks).toString() });
          }, reject);
        });
        call.once('error', reject);
        call.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}
