import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** The answer of a target, or the reason why the target did not answer. */
export type TargetAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: string;
    }
  | { readonly kind: 'none'; readonly why: string };

/**
 * Posts to a target as Asana does: over HTTP/1.1, with the case of header names kept, without following redirects.
 * Never throws.
 */
export function postTo(
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeout: AbortSignal,
): Promise<TargetAnswer> {
  return new Promise((resolve) => {
    const fail = (error: Error) =>
      resolve({ kind: 'none', why: error.name === 'TimeoutError' ? 'timed out' : error.message });
    try {
      const send = target.startsWith('https:') ? requestHttps : requestHttp;
      const request = send(
        target,
        {
          method: 'POST',
          agent: false,
          headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
          signal: timeout,
        },
        (response) => {
          response.toArray().then(
            (chunks) =>
              resolve({
                kind: 'answer',
                status: response.statusCode ?? 0,
                headers: response.headers,
                body: Buffer.concat(chunks).toString('utf8'),
              }),
            fail,
          );
        },
      );
      request.on('error', (error) => fail(error.cause instanceof Error ? error.cause : error));
      request.end(body);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
