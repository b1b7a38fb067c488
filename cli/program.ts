import { readFileSync } from 'node:fs';
import { closestMatch } from 'leven';
import yargs, { type Argv } from 'yargs';
import { type Arguments, type Command, type CommandGroup, flag, type Parameter, text } from './command.ts';
import { Misuse } from './errors.ts';
import type { Place } from './manage.ts';

/** Options of every command. */
export const globals = {
  stack: text('stack', 'The CloudFormation stack (default: AsanaWebhooks)'),
  region: text('region', 'The AWS region'),
  profile: text('profile', 'The AWS profile'),
  local: flag('local', 'Use local mode (npm start) instead of AWS'),
  localUrl: text('local-url', 'Use local mode at this Lambda endpoint (default: http://127.0.0.1:3001)'),
  json: flag('json', 'Print JSON'),
};

/** Reads where the management function is. @throws Misuse if options contradict each other */
export function placeOf(given: Arguments): Place {
  const [stack, region, profile] = [globals.stack, globals.region, globals.profile].map((each) =>
    each.read(given),
  );
  const localUrl = globals.localUrl.read(given);
  if (!globals.local.read(given) && localUrl === undefined) {
    return { stack: stack ?? 'AsanaWebhooks', region, profile };
  }
  if (stack !== undefined || region !== undefined || profile !== undefined) {
    throw new Misuse('--stack, --region and --profile are for AWS. Remove them in local mode.');
  }
  return { stack: '', local: localUrl ?? 'http://127.0.0.1:3001' };
}

/** Runs a parsed command. */
export type Run = (command: Command, given: Readonly<Record<string, unknown>>) => Promise<void>;

/** The yargs parser of all commands, with their options and help. */
export function createProgram(
  args: readonly string[],
  commands: readonly (Command | CommandGroup)[],
  { run, columns }: { readonly run: Run; readonly columns?: number },
): Argv {
  const add = (program: Argv, command: Command) => addCommand(program, command, args, run);
  let program: Argv = yargs([...args])
    .scriptName('asana-webhooks')
    .usage('$0 <command>\n\nAsana webhooks in your AWS account.');
  for (const option of Object.values(globals)) program = option.declare(program);
  for (const each of commands) {
    program = 'commands' in each ? addGroup(program, each, add) : add(program, each);
  }
  return (
    program
      .example('$0 connect default', 'Connect your Asana account')
      .example('$0 create 1208 --on task.changed:due_on', 'Receive changes of due dates in a project')
      .demandCommand(1, 'Choose a command. See asana-webhooks --help.')
      .recommendCommands()
      .strict()
      // Gids are text. As numbers, long gids would lose digits.
      .parserConfiguration({ 'parse-positional-numbers': false })
      .exitProcess(false)
      .wrap(Math.min(110, columns ?? 110))
      .help()
      .alias('help', 'h')
      .version(versionOf())
      .fail((message, error) => {
        if (error && error.name !== 'YError') throw error;
        throw new Misuse(inSentences(message ?? error?.message ?? '', args, commands));
      })
  );
}

function addGroup(
  program: Argv,
  { name, summary, commands, byDefault, examples }: CommandGroup,
  add: (program: Argv, command: Command) => Argv,
): Argv {
  return program.command(name, summary, (group) => {
    const all = commands.reduce(add, group);
    const withDefault =
      byDefault === undefined
        ? all.demandCommand(
            1,
            `Choose a command of ${name}: ${commands.map((each) => each.name).join(', ')}.`,
          )
        : add(all, { ...byDefault, usage: '$0' });
    return withExamples(withDefault, examples);
  });
}

function addCommand(program: Argv, command: Command, args: readonly string[], run: Run): Argv {
  const { usage, summary, parameters, conflicts, examples } = command;
  return program.command(
    usage,
    summary,
    (own) => {
      let declared = parameters.reduce((argv, parameter) => parameter.declare(argv), own);
      for (const [one, other] of conflicts) declared = declared.conflicts(one, other);
      return withExamples(declared, examples);
    },
    async (given) => {
      refusePlacesAsOptions(parameters, args);
      await run(command, given);
    },
  );
}

/** yargs also accepts `--webhook 4` for the argument `<webhook>`. Refuse it: it would hide the typed argument. */
function refusePlacesAsOptions(parameters: readonly Parameter<unknown>[], args: readonly string[]): void {
  const options = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);
  for (const { name, place } of parameters) {
    const isTyped = options.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
    if (place !== undefined && isTyped) {
      throw new Misuse(`Unknown argument: ${name}. Write it without dashes: ${place}.`);
    }
  }
}

function withExamples(program: Argv, examples: Command['examples']): Argv {
  return examples.reduce((argv, [what, why]) => argv.example(`$0 ${what}`, why), program);
}

/** Rewrites yargs' messages as sentences, and suggests similar names. */
function inSentences(
  message: string,
  args: readonly string[],
  commands: readonly (Command | CommandGroup)[],
): string {
  const said = message.trim().replace(/[.?]?$/, (end) => end || '.');
  const unknown = /Unknown arguments?: ([^,.\s]+)/.exec(message)?.[1];
  if (said.startsWith('Not enough non-option arguments')) return missingArgument(args, commands);
  if (said.startsWith('Did you mean')) return `There is no command "${args[0]}". ${said}`;
  if (unknown === undefined) return `${said} See asana-webhooks --help.`;
  const isOption = args.some((word) => word.startsWith('-') && word.replace(/^-+/, '').startsWith(unknown));
  const names = isOption ? optionsOf(commands) : commands.map(({ name }) => name);
  const meant = closestMatch(unknown, names, { maxDistance: 2 });
  const hint = meant === undefined ? '' : ` Did you mean ${isOption ? '--' : ''}${meant}?`;
  return `${said}${hint} See asana-webhooks --help.`;
}

/** yargs only counts missing arguments. Name them. */
function missingArgument(args: readonly string[], commands: readonly (Command | CommandGroup)[]): string {
  const [first, second] = args.filter((word) => !word.startsWith('-'));
  const top = commands.find(({ name }) => name === first);
  const inner = top && 'commands' in top ? top.commands.find(({ name }) => name === second) : undefined;
  const words = ['asana-webhooks', ...(inner === undefined ? [] : [first]), (inner ?? top)?.name].join(' ');
  const places = (inner ?? (top && 'commands' in top ? undefined : top))?.parameters.flatMap(
    ({ place }) => place ?? [],
  );
  return `An argument is missing: ${words} ${places?.join(' ') ?? ''}. See ${words} --help.`;
}

/** The names of all options of all commands. */
function optionsOf(commands: readonly (Command | CommandGroup)[]): readonly string[] {
  const all = commands.flatMap((each) => ('commands' in each ? each.commands : [each]));
  const options = [...Object.values(globals), ...all.flatMap(({ parameters }) => parameters)];
  return options.filter(({ place }) => place === undefined).map(({ name }) => name);
}

function versionOf(): string {
  const packageJson = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(packageJson) as { readonly version: string }).version;
}
