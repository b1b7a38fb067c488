import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AuthorizationPage, authorizationPage } from './console/authorization-page.ts';
import { Failed } from './errors.ts';

/** How long to wait for the person to grant access. */
const consentMs = 10 * 60_000;

/** An address on this machine that the browser returns to from Asana. */
export interface Loopback {
  readonly redirectUri: string;
  /**
   * Waits for the code that arrives with this state. Requests with another state are ignored.
   *
   * @throws Failed if the person refuses, or does not answer within ten minutes
   */
  codeFor(state: string): Promise<string>;
  close(): void;
}

interface Answer {
  readonly state: string | null;
  readonly code: string | null;
  readonly error: string | null;
  readonly show: (page: AuthorizationPage, status?: number) => void;
}

/**
 * Waits on this machine for the browser to return from Asana. The address has a fixed port, so that it can be registered with the
 * app. Asana accepts plain http only for localhost.
 */
export async function listenForCode(wanted: number): Promise<Loopback> {
  let onAnswer: (answer: Answer) => void = ({ show }) => show(notOurs, 400);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isOurs = isOwnHost(request.headers.host) && pathname === '/callback';
    if (!isOurs) {
      response.writeHead(404).end();
      return;
    }
    const [state = null, code = null, error = null] = ['state', 'code', 'error'].map((name) =>
      searchParams.get(name),
    );
    onAnswer({ state, code, error, show: (page, status = 200) => show(page, status, response) });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Failed(
              `Port ${wanted} is in use. Choose another with --port, and register it with the app.`,
              'PortInUse',
            )
          : error,
      ),
    );
    server.listen(wanted, 'localhost', resolve);
  });
  const { port } = server.address() as AddressInfo;
  let timer: NodeJS.Timeout | undefined;
  return {
    redirectUri: `http://localhost:${port}/callback`,
    codeFor: (expected) =>
      new Promise((resolve, reject) => {
        timer = setTimeout(
          () =>
            reject(new Failed('Access was not granted within 10 minutes. Connect again.', 'ConsentTimeout')),
          consentMs,
        );
        onAnswer = ({ state, code, error, show: answer }) => {
          if (state !== expected) return answer(notOurs, 400);
          if (code !== null && code !== '') {
            answer(connected);
            return resolve(code);
          }
          answer(refused);
          const why =
            error === 'access_denied' ? 'access was refused' : (error ?? '').replace(/[^a-z_]/g, '');
          reject(
            new Failed(`Asana sent no code: ${why || 'it gave no reason'}. Connect again.`, 'ConsentRefused'),
          );
        };
      }),
    close() {
      clearTimeout(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}

const connected = {
  title: 'Access granted',
  text: 'You can close this window. The terminal shows whether the connection works.',
};
const refused = {
  title: 'Not connected',
  text: 'Access was refused. You can close this window, and connect again in the terminal.',
};
const notOurs = {
  title: 'This is not the current authorization',
  text: 'Open the address that the terminal shows.',
};

function show(page: AuthorizationPage, status: number, response: ServerResponse): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    Connection: 'close',
  });
  response.end(authorizationPage(page));
}

/** Accept only our own host names: a website whose name resolves to this machine could read the response. */
function isOwnHost(host = ''): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
}
