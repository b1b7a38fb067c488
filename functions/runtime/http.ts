import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A header's value, whatever the case of its name. */
export function headerOf(event: APIGatewayProxyEventV2, name: string): string | undefined {
  const wanted = name.toLowerCase();
  // API Gateway's HTTP API sends names in lower case (its payload format 2.0), other front ends do not.
  return (
    event.headers[wanted] ?? Object.entries(event.headers).find(([key]) => key.toLowerCase() === wanted)?.[1]
  );
}

/** The exact bytes of the body. API Gateway sends what it takes for binary as base64 and says so. */
export function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEventV2): Uint8Array {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}
