import { parseArgs } from 'node:util';
import type { OAuthCredentials } from './oauth-app.ts';

/** An Asana other than the simulated Asana. */
export interface OtherAsana {
  readonly baseUrl: string;
  readonly token: string;
  /**
   * The credentials of an OAuth app at that Asana.
   *
   * @default - no app, and no account can be connected by OAuth
   */
  readonly oauthApp?: OAuthCredentials;
}

/** The settings of local mode from the command line. */
export interface Flags {
  readonly port: number;
  readonly json: boolean;
  readonly once: boolean;
  readonly verbose: boolean;
  /** Whether the consumer fails after the story. */
  readonly failConsumer: boolean;
  readonly help: boolean;
  readonly asana?: OtherAsana;
  readonly publicUrl?: string;
}

/** A flag is invalid. The message is for the person who typed the flag. */
export class UsageError extends Error {}

export const help = `Asana webhooks on this machine: HTTP API, Lambda Invoke endpoint and simulated Asana.

  npm start                        start, show how a webhook works, and keep running
  npm start -- --once              exit after the story, with 0 if the event was received, verified and stored
  npm start -- --json              after the story, print one JSON line when ready, and one for each event
  npm start -- --port 4000         API on 4000, Lambda on 4001, Asana on 4002. 0 selects free ports
  npm start -- --verbose           print the logs of the functions
  npm start -- --fail-consumer     make the consumer fail after the story. Its events become dead letters.
                                   POST /local/consumer/heal at the Lambda endpoint's port ends the failure.
                                   POST /local/consumer/fail starts the failure, also without this flag

  ASANA_ACCESS_TOKEN=… npm start -- --asana https://app.asana.com/api/1.0 --public-url https://my.tunnel
                                   use the real Asana, through a tunnel to the HTTP API.
                                   ASANA_OAUTH_CLIENT_ID and ASANA_OAUTH_CLIENT_SECRET set its OAuth app
`;

/**
 * Reads the command line.
 *
 * @throws UsageError with one sentence if a flag is invalid.
 */
export function readFlags(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Flags {
  const values = parse(argv);
  if (values.once && values.asana) {
    throw new UsageError(
      '--once shows the story, which needs the simulated Asana: remove --asana or --once.',
    );
  }
  if (values.once && values['fail-consumer']) {
    throw new UsageError('--once exits before the consumer fails: remove --fail-consumer or --once.');
  }
  return {
    port: readPort(values.port),
    json: values.json ?? false,
    once: values.once ?? false,
    verbose: values.verbose ?? false,
    failConsumer: values['fail-consumer'] ?? false,
    help: values.help ?? false,
    asana: values.asana === undefined ? undefined : readAsana(values.asana, env),
    publicUrl: values['public-url'] === undefined ? undefined : readUrl('--public-url', values['public-url']),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      options: {
        port: { type: 'string' },
        json: { type: 'boolean' },
        once: { type: 'boolean' },
        verbose: { type: 'boolean' },
        'fail-consumer': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        asana: { type: 'string' },
        'public-url': { type: 'string' },
      },
    }).values;
  } catch (error) {
    const [sentence = 'The flags cannot be parsed'] = String(
      error instanceof Error ? error.message : error,
    ).split('. ');
    throw new UsageError(`${sentence}. See npm start -- --help.`);
  }
}

/** Reads the first of three consecutive ports, or 0. */
function readPort(value = '3000'): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && (port === 0 || port <= 65_533)) return port;
  throw new UsageError(`--port accepts a number from 1 to 65533, or 0 for free ports, not "${value}".`);
}

function readUrl(flag: string, value: string): string {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value.replace(/\/+$/, '');
  throw new UsageError(`${flag} accepts an address such as https://example.com, not "${value}".`);
}

function readAsana(value: string, env: Readonly<Record<string, string | undefined>>): OtherAsana {
  const baseUrl = readUrl('--asana', value);
  const { ASANA_ACCESS_TOKEN: token } = env;
  if (!token) {
    throw new UsageError(
      '--asana needs a personal access token in the environment variable ASANA_ACCESS_TOKEN.',
    );
  }
  return { baseUrl, token, oauthApp: readOAuthApp(env) };
}

function readOAuthApp(env: Readonly<Record<string, string | undefined>>): OtherAsana['oauthApp'] {
  const { ASANA_OAUTH_CLIENT_ID: clientId, ASANA_OAUTH_CLIENT_SECRET: clientSecret } = env;
  if (clientId && clientSecret) return { clientId, clientSecret };
  if (!clientId && !clientSecret) return undefined;
  const missing = clientId ? 'ASANA_OAUTH_CLIENT_SECRET' : 'ASANA_OAUTH_CLIENT_ID';
  throw new UsageError(`An OAuth app needs an id and a secret: ${missing} is missing from the environment.`);
}
