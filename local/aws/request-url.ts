import type { IncomingMessage } from 'node:http';

/**
 * Returns the address of a request, or undefined if the address cannot be parsed. Only the path and the query
 * come from the request.
 */
export function urlOf({ url = '/' }: Pick<IncomingMessage, 'url'>): URL | undefined {
  // The path is appended, because resolving a path of two slashes against a base would read it as a host.
  const address = `http://localhost${url}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

/**
 * Decodes the percent-encoding of a part of a path. Returns undefined if the percent-encoding is malformed.
 */
export function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
