import type { IncomingMessage } from 'node:http';

/** The address that a request asks for, or nothing where it cannot be read. Only path and query are the request's. */
export function urlOf({ url = '/' }: Pick<IncomingMessage, 'url'>): URL | undefined {
  // A path of two slashes would be read as a host where it is resolved against a base.
  const address = `http://localhost${url}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

/** A part of a path without its percent-encoding, or nothing where that is malformed. */
export function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
