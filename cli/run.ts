import yargs from 'yargs';
import type { Arguments, Command, CommandGroup } from './command.ts';
import { commands } from './commands.ts';
import { complete } from './complete.ts';
import { Misuse, Shown } from './errors.ts';
import { createManage, type Manage, type Place } from './manage.ts';
import { complain, createOutput } from './output.ts';
import { plain } from './plain-text.ts';
import { createProgram, globals, placeOf, type Run } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Replacements for tests. */
export interface RunOptions {
  readonly createManage?: (place: Place) => Manage;
  readonly commands?: readonly (Command | CommandGroup)[];
}

/** Runs one command line. Returns the exit code: 0 done, 1 failed, 2 misuse, 130 interrupted. */
export async function run(
  args: readonly string[],
  terminal: Terminal,
  options: RunOptions = {},
): Promise<number> {
  if (args[0] === '__complete') return completeWords(args.slice(1), terminal, options);
  const isJson = args.includes('--json');
  const runCommand: Run = (command, given) => {
    return command.run({
      read: ({ parameter }) => parameter.read(given),
      manage: (options.createManage ?? createManage)(placeOf(given)),
      out: createOutput(globals.json.read(given), terminal),
      terminal,
    });
  };
  const program = createProgram(args, options.commands ?? commands, {
    run: runCommand,
    columns: terminal.stdout.columns,
  });
  try {
    if (args.length === 0) {
      terminal.stdout.write(`${await program.getHelp()}\n`);
      return 0;
    }
    // With a callback, yargs passes help and version to us instead of printing them.
    await program.parseAsync([...args], {}, (_error, _given, printed) => {
      if (printed !== '') terminal.stdout.write(`${printed}\n`);
    });
    return 0;
  } catch (error) {
    const shown = error instanceof Error && error.name === 'YError' ? new Misuse(error.message) : error;
    if (!(shown instanceof Shown)) throw error;
    complain(shown, isJson, terminal);
    return shown.exitCode;
  }
}

/** Prints the completions of the last word, one per line. */
async function completeWords(
  words: readonly string[],
  terminal: Terminal,
  options: RunOptions,
): Promise<number> {
  let parser = yargs([...words])
    .help(false)
    .version(false)
    .exitProcess(false);
  for (const option of Object.values(globals)) parser = option.declare(parser);
  const given = parser.parseSync() as Arguments;
  const manage = () => (options.createManage ?? createManage)(placeOf(given));
  const found = await complete(words, options.commands ?? commands, manage);
  terminal.stdout.write(found.map((word) => `${plain(word)}\n`).join(''));
  return 0;
}
