import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AuthorizationPage, authorizationPage } from './console/authorization-page.ts';
import { Failed } from './errors.ts';

/** How long a person may take to say yes. */
const consentMs = 10 * 60_000;

/** An address on this machine where a browser comes back from Asana. */
export interface Loopback {
  readonly redirectUri: string;
  /**
   * The code that comes with this state. A request with another state is not ours and is ignored.
   *
   * @throws Failed where the person says no, or says nothing for ten minutes
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
 * Waits on this machine for the browser to come back from Asana. The address is one that can be registered with the
 * app: Asana takes plain http for localhost alone, and is not known to take any port.
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
              `Port ${wanted} is in use: name another with --port, and register it with the app.`,
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
          () => reject(new Failed('Nobody said yes within 10 minutes: connect again.', 'ConsentTimeout')),
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
            error === 'access_denied' ? 'the app was not let in' : (error ?? '').replace(/[^a-z_]/g, '');
          reject(new Failed(`Asana sent no code: ${why || 'it gave no reason'}.`, 'ConsentRefused'));
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
  title: 'Asana said yes',
  text: 'You can close this window. The terminal shows whether the connection works.',
};
const refused = {
  title: 'Not connected',
  text: 'Asana did not let the app in. You can close this window, and connect again in the terminal.',
};
const notOurs = {
  title: 'This is not the authorization that is under way',
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

/** Another name that leads to this machine would be another site's, which could read the answer. */
function isOwnHost(host = ''): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
}
