import type { Command, CommandGroup, Parameter } from './command.ts';
import type { Manage } from './manage.ts';
import { globals } from './program.ts';

/**
 * Returns the completions of the last word: commands, options, or values of an option or argument.
 * Returns nothing if the values cannot be fetched.
 */
export async function complete(
  words: readonly string[],
  commands: readonly (Command | CommandGroup)[],
  manage: () => Manage,
): Promise<readonly string[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const found = commandIn(before, commands);
  const parameters = [...(found.command?.parameters ?? []), ...Object.values(globals)];
  const valued = parameters.find(({ name, isFlag }) => !isFlag && before.at(-1) === `--${name}`);
  const all = await candidates(found, valued, current, parameters, manage);
  return all.filter((candidate) => candidate.startsWith(current));
}

interface Found {
  readonly command?: Command;
  /** The words that can follow an incomplete command. */
  readonly next: readonly string[];
}

async function candidates(
  { command, next }: Found,
  valued: Parameter<unknown> | undefined,
  current: string,
  parameters: readonly Parameter<unknown>[],
  manage: () => Manage,
): Promise<readonly string[]> {
  if (valued !== undefined) return valuesOf(valued, manage);
  if (current.startsWith('-')) {
    return parameters.filter(({ place }) => place === undefined).map(({ name }) => `--${name}`);
  }
  const argument = command?.parameters.find(({ place }) => place !== undefined);
  return argument === undefined ? next : [...next, ...(await valuesOf(argument, manage))];
}

async function valuesOf({ values }: Parameter<unknown>, manage: () => Manage): Promise<readonly string[]> {
  try {
    return (await values?.(manage())) ?? [];
  } catch {
    return [];
  }
}

function commandIn(words: readonly string[], commands: readonly (Command | CommandGroup)[]): Found {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const top = commands.find(({ name }) => name === first);
  if (top === undefined) return { next: commands.map(({ name }) => name) };
  if (!('commands' in top)) return { command: top, next: [] };
  const inner = top.commands.find(({ name }) => name === second);
  if (inner !== undefined) return { command: inner, next: [] };
  return { command: top.byDefault, next: top.commands.map(({ name }) => name) };
}
