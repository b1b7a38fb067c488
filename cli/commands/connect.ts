import { askSecret } from '../ask.ts';
import { argument, type Context, command, flag, list, number } from '../command.ts';
import { Misuse } from '../errors.ts';
import { listenForCode } from '../loopback.ts';
import { showConnection } from '../show-connection.ts';

/** Connects an Asana account, by personal access token or OAuth2. */
export const connect = command(
  'connect',
  {
    summary: 'Connect an Asana account, by personal access token or OAuth2',
    examples: [
      ['connect default', 'Asks for a personal access token, unseen'],
      ['connect sales < token.txt', 'Takes it from a file'],
      ['connect customer --oauth', 'Asks in a browser'],
    ],
  },
  (take) => {
    const name = take(argument('name', 'What to call the connection'));
    const oauth = take(flag('oauth', 'By OAuth2, in a browser'));
    const port = take(
      number(
        'port',
        'Where the browser comes back: http://localhost:<port>/callback is registered with the app (8976)',
      ),
    );
    const scopes = take(
      list('scope', 'A scope to ask for, of an app with granular scopes. Can be given several times'),
    );

    return async (context) => {
      const { read } = context;
      const browser = { scopes: read(scopes), port: read(port) };
      if (read(oauth)) return connectWithOAuth(read(name), browser, context);
      if (browser.scopes !== undefined || browser.port !== undefined) {
        throw new Misuse('--scope and --port are for a browser: add --oauth.');
      }
      return connectWithToken(read(name), context);
    };
  },
);

async function connectWithToken(connection: string, { manage, out, terminal }: Context): Promise<void> {
  // Before a person looks for a token: can the function be reached?
  await manage('listConnections', {});
  const personalAccessToken = await askSecret('Personal access token', terminal);
  const { data } = await manage('putConnection', { connection, personalAccessToken });
  out.result(data, () => showConnection(data, out));
}

/** A person says yes in a browser, which comes back to this machine. */
async function connectWithOAuth(
  connection: string,
  { scopes, port = 8976 }: { readonly scopes?: readonly string[]; readonly port?: number },
  { manage, out }: Context,
): Promise<void> {
  const loopback = await listenForCode(port);
  try {
    const { redirectUri } = loopback;
    const { data: begun } = await manage('beginOAuth', { connection, redirectUri, scopes });
    const { state } = begun;
    out.note('Open this address in a browser, and let the app in:');
    out.note(begun.authorizationUrl);
    const code = await loopback.codeFor(state);
    const { data } = await manage('finishOAuth', { state, code });
    out.result(data, () => showConnection(data, out));
  } finally {
    loopback.close();
  }
}
