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
      ['connect default', 'Ask for a personal access token without showing it'],
      ['connect sales < token.txt', 'Read the token from a file'],
      ['connect customer --oauth', 'Grant access in a browser'],
    ],
  },
  (take) => {
    const name = take(argument('name', 'Name of the connection'));
    const oauth = take(flag('oauth', 'Use OAuth2, in a browser'));
    const port = take(
      number(
        'port',
        'Port that the browser returns to. Register http://localhost:<port>/callback with the app (default: 8976)',
      ),
    );
    const scopes = take(list('scope', 'A scope to request, for an app with granular scopes. Repeatable'));

    return async (context) => {
      const { read } = context;
      const browser = { scopes: read(scopes), port: read(port) };
      if (read(oauth)) return connectWithOAuth(read(name), browser, context);
      if (browser.scopes !== undefined || browser.port !== undefined) {
        throw new Misuse('--scope and --port need --oauth.');
      }
      return connectWithToken(read(name), context);
    };
  },
);

async function connectWithToken(connection: string, { manage, out, terminal }: Context): Promise<void> {
  // Check that the function can be reached before the person looks for a token.
  await manage('listConnections', {});
  const personalAccessToken = await askSecret('Personal access token', terminal);
  const { data } = await manage('putConnection', { connection, personalAccessToken });
  out.result(data, () => showConnection(data, out));
}

/** The person grants access in a browser, which returns to this machine. */
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
    out.note('Open this address in a browser, and grant access:');
    out.note(begun.authorizationUrl);
    const code = await loopback.codeFor(state);
    const { data } = await manage('finishOAuth', { state, code });
    out.result(data, () => showConnection(data, out));
  } finally {
    loopback.close();
  }
}
