import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failed } from './errors.ts';

/** How long a person may take to say yes. */
const consentMs = 10 * 60_000;

/** An address on this machine where a browser comes back from Asana. */
interface Loopback {
  readonly redirectUri: string;
  readonly answer: Promise<{ readonly code: string; readonly state: string }>;
  close(): void;
}

/**
 * Waits on this machine for the browser to come back from Asana. The address is one that can be registered with the
 * app: Asana takes plain http for localhost alone, and is not known to take any port.
 */
export async function listenForCode(wanted: number): Promise<Loopback> {
  let settle: (act: () => { readonly code: string; readonly state: string }) => void = () => undefined;
  const answer = new Promise<{ readonly code: string; readonly state: string }>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Failed('Nobody said yes in time: connect again.')), consentMs);
    settle = (act) => {
      clearTimeout(timer);
      try {
        resolve(act());
      } catch (error) {
        reject(error);
      }
    };
  });
  // Whoever waits hears of it; without this, a refusal before that would end the program.
  answer.catch(() => undefined);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname !== '/callback') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
    response.end('Thank you. You can close this window and go back to the terminal.\n');
    settle(() => readAnswer(searchParams));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Failed(`Port ${wanted} is in use: name another with --port, and register it with the app.`)
          : error,
      ),
    );
    server.listen(wanted, 'localhost', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    redirectUri: `http://localhost:${port}/callback`,
    answer,
    close: () => {
      settle(() => {
        throw new Failed('Given up.');
      });
      server.close();
      server.closeAllConnections();
    },
  };
}

function readAnswer(query: URLSearchParams): { readonly code: string; readonly state: string } {
  const [code, state, error] = ['code', 'state', 'error'].map((name) => query.get(name));
  if (error) {
    const why = error === 'access_denied' ? 'the app was not let in' : error.replace(/[^a-z_]/g, '');
    throw new Failed(`Asana sent no code: ${why}.`);
  }
  if (!code || !state) throw new Failed('Asana sent neither a code nor a reason.');
  return { code, state };
}
