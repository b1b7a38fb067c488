import type { Argv, Options, PositionalOptions } from 'yargs';
import type { Values } from './complete-values.ts';
import { Misuse } from './errors.ts';
import type { Manage } from './manage.ts';
import type { Output } from './output.ts';
import type { Terminal } from './terminal.ts';
import { readTime } from './times.ts';

/** The options and arguments that yargs parsed. */
export type Arguments = Readonly<Record<string, unknown>>;

/** An option or argument: how yargs declares it, and how a command reads it. */
export interface Parameter<T> {
  readonly name: string;
  /** Its form in the command's usage, for example `<webhook>`. Absent for options. */
  readonly place?: string;
  /** Whether it has no value. */
  readonly isFlag?: boolean;
  /** Returns the values that a shell completes. */
  readonly values?: Values;
  declare(argv: Argv): Argv;
  /** @throws Misuse if the typed value is invalid */
  read(given: Arguments): T;
}

/** A parameter that a command has taken. Only a taken parameter can be read. */
export interface Taken<T> {
  readonly parameter: Parameter<T>;
}

/** Declares a parameter of a command. */
export type Take = <T>(parameter: Parameter<T>) => Taken<T>;

/** What a command gets when it runs. */
export interface Context {
  /** The value of a parameter that the command has taken. */
  read<T>(parameter: Taken<T>): T;
  readonly manage: Manage;
  readonly out: Output;
  readonly terminal: Terminal;
}

/** A command, with everything that yargs needs to declare it. */
export interface Command {
  /** Its name, for example `list`. */
  readonly name: string;
  /** Its name and arguments, for example `get <webhook>`. */
  readonly usage: string;
  readonly summary: string;
  readonly parameters: readonly Parameter<unknown>[];
  /** Examples: what to type, and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** Options that exclude each other. */
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

/** Commands that share a first word, for example `events list`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
  /** The command that runs if no second word is typed. */
  readonly byDefault?: Command;
  readonly examples: readonly (readonly [string, string])[];
}

/** A required argument. */
export function argument(name: string, describe?: string): Parameter<string> {
  return placed(name, `<${name}>`, { type: 'string', demandOption: true, describe }, String);
}

/** An argument that can be repeated. */
export function argumentList(name: string, describe: string): Parameter<readonly string[]> {
  const config = { type: 'string', array: true, describe } as const;
  return placed(name, `[${name}..]`, config, (value) => (Array.isArray(value) ? value.map(String) : []));
}

/** An optional argument. */
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

/** A text option. */
export function text(name: string, describe: string): Parameter<string | undefined> {
  return option(name, { type: 'string', describe }, optional(String));
}

/** A text option with a default. */
export function textOr(name: string, fallback: string, describe: string): Parameter<string> {
  return option(name, { type: 'string', default: fallback, describe }, String);
}

/** A time option. A person types any form of `times.ts`; the command reads ISO 8601. */
export function time(name: string, describe: string): Parameter<string | undefined> {
  return option(
    name,
    { type: 'string', describe },
    optional((value) => readTime(String(value), new Date())),
  );
}

/** A number option. */
export function number(name: string, describe: string): Parameter<number | undefined> {
  return option(name, { type: 'number', describe }, optional(wholeNumber(name)));
}

/** A number option with a default. */
export function numberOr(name: string, fallback: number, describe: string): Parameter<number> {
  return option(name, { type: 'number', default: fallback, describe }, wholeNumber(name));
}

function wholeNumber(name: string): (value: unknown) => number {
  return (value) => {
    const read = Number(value);
    if (!Number.isSafeInteger(read) || read < 0) throw new Misuse(`--${name} needs a whole number.`);
    return read;
  };
}

/** A flag: an option without a value. */
export function flag(name: string, describe: string, alias?: string): Parameter<boolean> {
  return option(name, { type: 'boolean', describe, alias }, Boolean);
}

/** An option that can be repeated, with one value each time. Duplicate values count once. */
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
