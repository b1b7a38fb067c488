import yargs, { type Argv } from 'yargs';
import {
  type Arguments,
  type Command,
  type CommandGroup,
  type Context,
  flag,
  text,
  textOr,
} from './command.ts';
import { Misuse } from './errors.ts';
import { createManage } from './manage.ts';
import { createOutput } from './output.ts';

/** What every command can be told. */
const globals = {
  stack: textOr('stack', 'AsanaWebhooks', 'The CloudFormation stack'),
  region: text('region', 'The AWS region'),
  profile: text('profile', 'The AWS profile'),
  local: flag('local', 'Use local mode (npm start) instead of AWS'),
  localUrl: textOr('local-url', 'http://127.0.0.1:3001', "Where local mode's Lambda endpoint is"),
  json: flag('json', 'Print JSON'),
};

/** The whole command line: these commands, the options of each, and their help. */
export function createProgram(args: readonly string[], commands: readonly (Command | CommandGroup)[]): Argv {
  let program: Argv = yargs([...args])
    .scriptName('asana-webhooks')
    .usage('$0 <command>\n\nAsana webhooks in your AWS account.');
  for (const option of Object.values(globals)) program = option.declare(program);
  for (const each of commands) program = 'commands' in each ? addGroup(program, each) : add(program, each);
  return (
    program
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

function addGroup(program: Argv, { name, summary, commands, byDefault, examples }: CommandGroup): Argv {
  return program.command(name, summary, (group) => {
    let added = commands.reduce(add, group);
    if (byDefault !== undefined) added = add(added, { ...byDefault, usage: '$0' });
    else added = added.demandCommand(1, `Say what to do with ${name}: ${namesOf(commands)}.`);
    return withExamples(added, examples);
  });
}

function add(program: Argv, { usage, summary, parameters, conflicts, examples, run }: Command): Argv {
  return program.command(
    usage,
    summary,
    (own) => {
      let declared = parameters.reduce((argv, parameter) => parameter.declare(argv), own);
      for (const [one, other] of conflicts) declared = declared.conflicts(one, other);
      return withExamples(declared, examples);
    },
    (given) => run(contextOf(given)),
  );
}

function namesOf(commands: readonly Command[]): string {
  return commands.map(({ name }) => name).join(' or ');
}

function withExamples(program: Argv, examples: Command['examples']): Argv {
  return examples.reduce((argv, [what, why]) => argv.example(`$0 ${what}`, why), program);
}

function contextOf(given: Arguments): Context {
  const place = {
    stack: globals.stack.read(given),
    region: globals.region.read(given),
    profile: globals.profile.read(given),
    ...(globals.local.read(given) && { local: globals.localUrl.read(given) }),
  };
  return {
    read: ({ parameter }) => parameter.read(given),
    manage: createManage(place),
    out: createOutput(globals.json.read(given)),
  };
}
