import type { Argv, Options, PositionalOptions } from 'yargs';
import type { Values } from './complete-values.ts';
import { Misuse } from './errors.ts';
import type { Manage } from './manage.ts';
import type { Output } from './output.ts';
import type { Terminal } from './terminal.ts';
import { readTime } from './times.ts';

/** What yargs has read of the command line. */
export type Arguments = Readonly<Record<string, unknown>>;

/** One option or argument: how it is declared, and how it is read. */
export interface Parameter<T> {
  readonly name: string;
  /** How it stands in the command's usage, as in `<webhook>`; options do not. */
  readonly place?: string;
  /** Whether it stands alone, without a value. */
  readonly isFlag?: boolean;
  /** What a shell completes for it. */
  readonly values?: Values;
  declare(argv: Argv): Argv;
  /** @throws Misuse where it cannot be taken as it was typed */
  read(given: Arguments): T;
}

/** A parameter that a command has taken. Only a taken parameter can be read. */
export interface Taken<T> {
  readonly parameter: Parameter<T>;
}

/** Declares a parameter of a command. */
export type Take = <T>(parameter: Parameter<T>) => Taken<T>;

/** What a command works with. */
export interface Context {
  /** The value of a parameter that the command has taken. */
  read<T>(parameter: Taken<T>): T;
  readonly manage: Manage;
  readonly out: Output;
  readonly terminal: Terminal;
}

/** A command, with everything that yargs must know of it. */
export interface Command {
  /** Its name alone, as in `list`. */
  readonly name: string;
  /** Its name with its arguments, as in `get <webhook>`. */
  readonly usage: string;
  readonly summary: string;
  readonly parameters: readonly Parameter<unknown>[];
  /** What to type, and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** Names that must not be given together. */
  readonly conflicts: readonly (readonly [string, string])[];
  readonly run: (context: Context) => Promise<void>;
}

/**
 * Defines a command. `define` takes each parameter and returns what runs. A parameter is known only by the constant
 * that it was taken into: one that is never read is an unused constant, and one that was never taken has no name, so
 * that neither compiles.
 */
export function command(
  name: string,
  facts: Pick<Command, 'summary' | 'examples'> & Partial<Pick<Command, 'conflicts'>>,
  define: (take: Take) => Command['run'],
): Command {
  const parameters: Parameter<unknown>[] = [];
  const run = define((parameter) => {
    parameters.push(parameter);
    return { parameter };
  });
  const places = parameters.flatMap(({ place }) => place ?? []);
  return { name, usage: [name, ...places].join(' '), conflicts: [], ...facts, parameters, run };
}

/** Commands below one name, as in `events list`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
  /** The command that runs where none is named. */
  readonly byDefault?: Command;
  readonly examples: readonly (readonly [string, string])[];
}

/** An argument that must be there. */
export function argument(name: string, describe?: string): Parameter<string> {
  return placed(name, `<${name}>`, { type: 'string', demandOption: true, describe }, String);
}

/** Arguments of one kind, one or more. */
export function argumentList(name: string, describe: string): Parameter<readonly string[]> {
  const config = { type: 'string', array: true, describe } as const;
  return placed(name, `[${name}..]`, config, (value) => (Array.isArray(value) ? value.map(String) : []));
}

/** An argument that may be left out. */
export function optionalArgument(name: string, describe: string): Parameter<string | undefined> {
  return placed(name, `[${name}]`, { type: 'string', describe }, optional(String));
}

function placed<T>(
  name: string,
  place: string,
  config: PositionalOptions,
  convert: (value: unknown) => T,
): Parameter<T> {
  return {
    name,
    place,
    declare: (argv) => argv.positional(name, config),
    read: (given) => convert(given[name]),
  };
}

function option<T>(name: string, config: Options, convert: (value: unknown) => T): Parameter<T> {
  return {
    name,
    isFlag: config.type === 'boolean',
    declare: (argv) => argv.option(name, config),
    read(given) {
      const value = given[name];
      if (config.array !== true && Array.isArray(value))
        throw new Misuse(`--${name} is given more than once.`);
      return convert(value);
    },
  };
}

function optional<T>(convert: (value: unknown) => T): (value: unknown) => T | undefined {
  return (value) => (value === undefined ? undefined : convert(value));
}

/** An option with a text. */
export function text(name: string, describe: string): Parameter<string | undefined> {
  return option(name, { type: 'string', describe }, optional(String));
}

/** An option with a text, and the text that stands for it where it is left out. */
export function textOr(name: string, fallback: string, describe: string): Parameter<string> {
  return option(name, { type: 'string', default: fallback, describe }, String);
}

/** An option with a time, as people type it; read as ISO 8601. */
export function time(name: string, describe: string): Parameter<string | undefined> {
  return option(
    name,
    { type: 'string', describe },
    optional((value) => readTime(String(value), new Date())),
  );
}

/** An option with a number. */
export function number(name: string, describe: string): Parameter<number | undefined> {
  return option(name, { type: 'number', describe }, optional(wholeNumber(name)));
}

/** An option with a number, and the number that stands for it where it is left out. */
export function numberOr(name: string, fallback: number, describe: string): Parameter<number> {
  return option(name, { type: 'number', default: fallback, describe }, wholeNumber(name));
}

function wholeNumber(name: string): (value: unknown) => number {
  return (value) => {
    const read = Number(value);
    if (!Number.isSafeInteger(read) || read < 0) throw new Misuse(`--${name} takes a whole number.`);
    return read;
  };
}

/** An option without a value. */
export function flag(name: string, describe: string, alias?: string): Parameter<boolean> {
  return option(name, { type: 'boolean', describe, alias }, Boolean);
}

/** An option that can be given several times, each time with one value. The same value twice counts once. */
export function list(
  name: string,
  describe: string,
  more: { readonly required?: true } = {},
): Parameter<readonly string[] | undefined> {
  return option(
    name,
    { type: 'string', array: true, nargs: 1, describe, demandOption: more.required },
    optional((value) => [...new Set([value].flat().map(String))]),
  );
}
