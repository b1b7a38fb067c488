import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** Returns the value of a header. The case of the name does not matter. */
export function headerOf(event: APIGatewayProxyEventV2, name: string): string | undefined {
  const wanted = name.toLowerCase();
  // API Gateway's HTTP API sends names in lower case (payload format 2.0). Other front ends do not.
  return (
    event.headers[wanted] ?? Object.entries(event.headers).find(([key]) => key.toLowerCase() === wanted)?.[1]
  );
}

/** Returns the exact bytes of the body. API Gateway encodes a body as base64 if it treats the body as binary. */
export function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEventV2): Uint8Array {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}
