#!/usr/bin/env node
import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { createWebhooks, deleteWebhooks } from './commands/bulk.ts';
import { connectWithOAuth, connectWithToken } from './commands/connect.ts';
import { checkConnection, deleteConnection, listConnections } from './commands/connections.ts';
import { listDeadLetters, redriveDeadLetters } from './commands/dead-letters.ts';
import { listEvents, replay, tailEvents } from './commands/events.ts';
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  showQuota,
  updateWebhook,
} from './commands/webhooks.ts';
import { contextOf } from './context.ts';
import { Failed, Misuse } from './errors.ts';
import { filterHelp, parseFilter } from './filters.ts';
import { complain } from './output.ts';

const exit = { done: 0, failed: 1, misuse: 2 };

const connection = {
  type: 'string',
  default: 'default',
  describe: 'The Asana account to go by',
} as const;
const on = { type: 'string', array: true, nargs: 1, describe: filterHelp } as const;
const yes = { type: 'boolean', default: false, alias: 'y', describe: 'Do not ask' } as const;
const plan = { type: 'boolean', default: false, describe: 'Only say what would be done' } as const;
const requestsPerMinute = {
  type: 'number',
  describe: 'Calls that Asana may get in a minute (150 in a free domain, up to 1,500 in a paid one)',
} as const;
const webhook = {
  type: 'string',
  describe: "A webhook's gid or a subscription",
  demandOption: true,
} as const;

const eventFilter = {
  webhook: { type: 'string', describe: "Of this webhook's gid or subscription" },
  from: { type: 'string', describe: 'From this time, as in 2026-11-23T10:00:00Z' },
  to: { type: 'string', describe: 'Up to this time' },
  resource: { type: 'string', describe: 'Of the resource with this gid' },
  action: { type: 'string', describe: 'Of this action, as in changed' },
} as const;

const deadLetterFilter = {
  queue: { type: 'string', describe: "dispatcher, or a consumer's name" },
  cause: { type: 'string', describe: 'Only those with this cause' },
  limit: { type: 'number', describe: 'Look at so many at most' },
} as const;

/** The webhook goes to the function under Asana's name for it. */
function eventFilterOf({
  webhook: webhookGid,
  from,
  to,
  resource,
  action,
}: Readonly<Record<string, unknown>>) {
  return { webhookGid, from, to, resource, action } as Readonly<Record<string, string | undefined>>;
}

function filtersOf(texts: readonly string[] | undefined) {
  return (texts ?? []).map(parseFilter);
}

function connections(y: Argv<Global>): Argv<Global> {
  return y
    .command(
      '$0',
      'List the connections',
      (c) => c.example('$0 connections', 'Who is connected, and how they stand'),
      (argv) => listConnections(contextOf(argv)),
    )
    .command(
      'check <name>',
      'Ask Asana who a connection is, and what it can do',
      (c) =>
        c
          .positional('name', { type: 'string', demandOption: true })
          .example('$0 connections check default', ''),
      (argv) => checkConnection(argv.name, contextOf(argv)),
    )
    .command(
      'delete <name>',
      'Delete a connection and its credentials',
      (c) =>
        c
          .positional('name', { type: 'string', demandOption: true })
          .options({
            yes,
            force: { type: 'boolean', default: false, describe: 'Even while it has webhooks' },
          })
          .example('$0 connections delete sales --yes', ''),
      (argv) => deleteConnection(argv.name, argv, contextOf(argv)),
    );
}

function events(y: Argv<Global>): Argv<Global> {
  return y
    .command(
      'list',
      'List stored events',
      (c) =>
        c
          .options({ ...eventFilter, limit: { type: 'number', default: 100, describe: 'So many at most' } })
          .example('$0 events list --from 2026-11-23T10:00:00Z --action changed', ''),
      (argv) => listEvents({ ...eventFilterOf(argv), limit: argv.limit }, contextOf(argv)),
    )
    .command(
      'tail',
      'Show events as they are stored, until Ctrl-C',
      (c) =>
        c
          .options({
            webhook: eventFilter.webhook,
            resource: eventFilter.resource,
            action: eventFilter.action,
          })
          .example('$0 events tail --webhook sub_OfWmBv2tq0mIXpJ3H5nAfQ', ''),
      (argv) => {
        const stop = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
        return tailEvents(eventFilterOf(argv), contextOf(argv), stop.signal);
      },
    )
    .example('$0 events tail', '')
    .demandCommand(1, 'Say what to do with events: list or tail.');
}

function deadLetters(y: Argv<Global>): Argv<Global> {
  return y
    .command(
      'list',
      'List what could not be delivered, by cause',
      (c) => c.options(deadLetterFilter).example('$0 dlq list --queue dispatcher', ''),
      (argv) => listDeadLetters({ queue: argv.queue, cause: argv.cause, limit: argv.limit }, contextOf(argv)),
    )
    .command(
      'redrive',
      'Send it again',
      (c) =>
        c
          .options({ ...deadLetterFilter, yes })
          .example('$0 dlq redrive --queue billing --cause AccessDeniedException', ''),
      (argv) =>
        redriveDeadLetters(
          { queue: argv.queue, cause: argv.cause, limit: argv.limit, yes: argv.yes },
          contextOf(argv),
        ),
    )
    .example('$0 dlq list', '')
    .demandCommand(1, 'Say what to do with dead letters: list or redrive.');
}

type Global = {
  readonly stack: string;
  readonly region?: string;
  readonly profile?: string;
  readonly local: boolean;
  readonly 'local-url': string;
  readonly json: boolean;
};

function program(args: readonly string[]): Argv<Global> {
  const base: Argv<Global> = yargs([...args])
    .scriptName('asana-webhooks')
    .usage('$0 <command>\n\nAsana webhooks in your AWS account.')
    .options({
      stack: { type: 'string', default: 'AsanaWebhooks', describe: 'The CloudFormation stack' },
      region: { type: 'string', describe: 'The AWS region' },
      profile: { type: 'string', describe: 'The AWS profile' },
      local: { type: 'boolean', default: false, describe: 'Use local mode (npm start) instead of AWS' },
      'local-url': {
        type: 'string',
        default: 'http://127.0.0.1:3001',
        describe: "Where local mode's Lambda endpoint is",
      },
      json: { type: 'boolean', default: false, describe: 'Print JSON' },
    });
  return (
    base
      .command(
        'connect <name>',
        'Connect an Asana account, by personal access token or OAuth2',
        (y) =>
          y
            .positional('name', {
              type: 'string',
              demandOption: true,
              describe: 'What to call the connection',
            })
            .options({
              oauth: { type: 'boolean', default: false, describe: 'By OAuth2, in a browser' },
              port: {
                type: 'number',
                default: 8976,
                describe:
                  'Where the browser comes back: http://localhost:<port>/callback is registered with the app',
              },
              scopes: {
                type: 'string',
                array: true,
                describe: 'Scopes to ask for, of an app with granular ones',
              },
            })
            .example('$0 connect default', 'Asks for a personal access token, unseen')
            .example('$0 connect sales < token.txt', 'Takes it from a file')
            .example('$0 connect customer --oauth', 'Asks in a browser'),
        (argv) => {
          const context = contextOf(argv);
          return argv.oauth
            ? connectWithOAuth(
                argv.name,
                { scopes: argv.scope as readonly string[] | undefined, port: argv.port },
                context,
              )
            : connectWithToken(argv.name, context);
        },
      )
      .command('connections', 'List, check and delete connections', connections)
      .command(
        'create [resource]',
        'Create a webhook, or one for every project of a workspace or team',
        (y) =>
          y
            .positional('resource', { type: 'string', describe: 'Gid of a project, task, …' })
            .options({
              on,
              connection,
              ensure: { type: 'boolean', default: false, describe: 'Only where there is none yet' },
              'idempotency-key': { type: 'string', describe: 'The same key makes one webhook' },
              workspace: { type: 'string', describe: 'For every project of this workspace' },
              team: { type: 'string', describe: 'For every project of this team' },
              plan,
              yes,
              'requests-per-minute': requestsPerMinute,
            })
            .conflicts('resource', ['workspace', 'team'])
            .conflicts('workspace', 'team')
            .example('$0 create 1208 --on task.changed:due_on,completed --on story.added', '')
            .example('$0 create --workspace 1207 --on task.added --plan', ''),
        (argv) => {
          const context = contextOf(argv);
          const filters = filtersOf(argv.on as readonly string[] | undefined);
          const { resource, workspace, team } = argv;
          if (workspace !== undefined || team !== undefined)
            return createWebhooks({ ...argv, filters }, context);
          if (resource === undefined) throw new Misuse('Name a resource, or --workspace or --team.');
          return createWebhook({ ...argv, resource, filters }, context);
        },
      )
      .command(
        'list',
        'List webhooks',
        (y) =>
          y
            .options({
              workspace: {
                type: 'string',
                describe: "Of this workspace; all of the connection's where it is absent",
              },
              resource: { type: 'string', describe: 'On the resource with this gid' },
              connection,
            })
            .example('$0 list --json', ''),
        (argv) => listWebhooks(argv, contextOf(argv)),
      )
      .command(
        'get <webhook>',
        'Show one webhook, and how it fares',
        (y) => y.positional('webhook', webhook).example('$0 get 1209', ''),
        (argv) => getWebhook(argv.webhook, contextOf(argv)),
      )
      .command(
        'update <webhook>',
        'Replace what a webhook hears of',
        (y) =>
          y
            .positional('webhook', webhook)
            .options({ on: { ...on, demandOption: true } })
            .example('$0 update 1209 --on task.changed:assignee', ''),
        (argv) => updateWebhook(argv.webhook, filtersOf(argv.on), contextOf(argv)),
      )
      .command(
        'delete [webhook]',
        'Delete a webhook, those on some resources, or all of a connection',
        (y) =>
          y
            .positional('webhook', { ...webhook, demandOption: false })
            .options({
              resource: {
                type: 'string',
                array: true,
                nargs: 1,
                describe: 'Those on the resource with this gid',
              },
              all: { type: 'boolean', default: false, describe: 'All of the connection' },
              connection,
              plan,
              yes,
              'requests-per-minute': requestsPerMinute,
            })
            .example('$0 delete sub_OfWmBv2tq0mIXpJ3H5nAfQ --yes', '')
            .example('$0 delete --all --plan', ''),
        (argv) => {
          const context = contextOf(argv);
          if (argv.webhook !== undefined) return deleteWebhook(argv.webhook, argv, context);
          if (argv.resource === undefined && !argv.all) {
            throw new Misuse('Name a webhook, or --resource, or --all.');
          }
          return deleteWebhooks({ ...argv, resources: argv.resource }, context);
        },
      )
      .command('events', 'List stored events, or follow them', events)
      .command(
        'replay',
        'Send stored events again',
        (y) =>
          y
            .options({
              ...eventFilter,
              consumer: { type: 'string', describe: 'To this consumer alone' },
              'events-per-second': { type: 'number', describe: 'So many in a second at most' },
              'replay-id': { type: 'string', describe: 'Names the replay, to go on with it' },
              plan,
            })
            .example('$0 replay --from 2026-11-23T10:00:00Z --consumer billing --plan', ''),
        (argv) =>
          replay(
            {
              ...eventFilterOf(argv),
              consumer: argv.consumer,
              eventsPerSecond: argv.eventsPerSecond,
              replayId: argv.replayId,
              plan: argv.plan,
            },
            contextOf(argv),
          ),
      )
      .command('dlq', 'List dead letters, and send them again', deadLetters)
      .command(
        'quota',
        "Count webhooks against Asana's limits",
        (y) => y.options({ connection }).example('$0 quota --connection sales', ''),
        (argv) => showQuota(argv.connection, contextOf(argv)),
      )
      .completion('completion', 'Print a script for shell completion')
      .example('$0 connect default', 'Begin with an Asana account')
      .example('$0 create 1208 --on task.changed:due_on', 'Then hear of what changes')
      .demandCommand(1, 'Say what to do: asana-webhooks --help lists it.')
      .strict()
      // Gids are text: as numbers the long ones would come out as others.
      .parserConfiguration({ 'parse-positional-numbers': false })
      .exitProcess(false)
      .wrap(Math.min(110, process.stdout.columns ?? 110))
      .help()
      .version(false)
      .fail((message, error) => {
        if (error) throw error;
        throw new Misuse(`${message} See asana-webhooks --help.`);
      })
  );
}

async function main(): Promise<number> {
  try {
    await program(hideBin(process.argv)).parseAsync();
    return exit.done;
  } catch (error) {
    if (error instanceof Misuse) {
      complain(error.message);
      return exit.misuse;
    }
    if (error instanceof Failed) {
      complain(error.message);
      return exit.failed;
    }
    // Ctrl-C at a question.
    if (error instanceof Error && error.name === 'ExitPromptError') return exit.misuse;
    throw error;
  }
}

process.exitCode = await main();
