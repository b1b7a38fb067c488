import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askSecret } from '../ask.ts';
import type { Context } from '../context.ts';
import { Failed } from '../errors.ts';

export interface CheckedConnection {
  readonly connection: string;
  readonly kind: string;
  readonly state: string;
  readonly user: { readonly gid: string; readonly name?: string; readonly email?: string } | null;
  readonly workspaces: readonly { readonly gid: string; readonly name?: string }[];
  readonly scopes: readonly string[] | null;
  readonly can: Readonly<Record<'readWebhooks' | 'writeWebhooks' | 'deleteWebhooks' | 'readEvents', boolean>>;
}

/** How long a person may take to say yes. */
const consentMs = 10 * 60_000;

/** Connects an Asana account by personal access token. */
export async function connectWithToken(connection: string, { manage, out }: Context): Promise<void> {
  const personalAccessToken = await askSecret('Personal access token');
  const { data } = await manage<{ data: CheckedConnection }>({
    operation: 'putConnection',
    connection,
    personalAccessToken,
  });
  out.result(data, () => showConnection(data, { out }));
}

/** Connects an Asana account by OAuth2: a person says yes in a browser, which comes back to this machine. */
export async function connectWithOAuth(
  connection: string,
  { scopes, port }: { readonly scopes?: readonly string[]; readonly port: number },
  { manage, out }: Context,
): Promise<void> {
  const loopback = await listenForCode(port);
  try {
    const { data: begun } = await manage<{ data: { authorizationUrl: string; state: string } }>({
      operation: 'beginOAuth',
      connection,
      redirectUri: loopback.redirectUri,
      ...(scopes !== undefined && { scopes }),
    });
    out.note('Open this address in a browser, and let the app in:');
    out.note(begun.authorizationUrl);
    const { code, state } = await loopback.answer;
    if (state !== begun.state)
      throw new Failed('The answer is to another question than ours: connect again.');
    const { data } = await manage<{ data: CheckedConnection }>({ operation: 'finishOAuth', state, code });
    out.result(data, () => showConnection(data, { out }));
  } finally {
    loopback.close();
  }
}

interface Loopback {
  readonly redirectUri: string;
  readonly answer: Promise<{ readonly code: string; readonly state: string }>;
  close(): void;
}

/**
 * Waits on this machine for the browser to come back from Asana. The address is one that can be registered with the
 * app: Asana takes plain http for localhost alone, and is not known to take any port.
 */
async function listenForCode(wanted: number): Promise<Loopback> {
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

/** Says who a connection is, and what it can and cannot do. */
export function showConnection(checked: CheckedConnection, { out }: Pick<Context, 'out'>): void {
  const { connection, kind, state, user, workspaces, scopes, can } = checked;
  if (state !== 'ready') {
    out.line(
      `${connection} does not work: it is ${state}. Connect it again: asana-webhooks connect ${connection}.`,
    );
    return;
  }
  const who = user === null ? 'somebody who may not say who' : (user.name ?? user.gid);
  out.line(`${connection} is ${who}${user?.email ? ` <${user.email}>` : ''}, by ${kind}.`);
  out.line(
    `Workspaces: ${workspaces.map(({ gid, name }) => `${name ?? ''} (${gid})`.trim()).join(', ') || 'none'}`,
  );
  out.line(`Scopes: ${scopes === null ? 'everything that the user may' : scopes.join(' ')}`);
  const words = {
    readWebhooks: 'read webhooks',
    writeWebhooks: 'create and update webhooks',
    deleteWebhooks: 'delete webhooks',
    readEvents: 'fetch events that were missed',
  };
  const lists = Object.entries(words).map(([name, text]) => [can[name as keyof typeof words], text] as const);
  const cannot = lists.filter(([able]) => !able).map(([, text]) => text);
  out.line(
    `It can ${
      lists
        .filter(([able]) => able)
        .map(([, text]) => text)
        .join(', ') || 'do nothing here'
    }.`,
  );
  if (cannot.length > 0) out.line(`It cannot ${cannot.join(', ')}.`);
}
