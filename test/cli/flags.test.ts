import { describe, expect, it } from 'vitest';
import type { Command, Parameter } from '../../cli/command.ts';
import { commands } from '../../cli/commands.ts';
import { globals } from '../../cli/program.ts';
import { everyAnswer, type Outcome, runCli } from './harness.ts';

// Walks every command with every option that it declares: an option changes what the command does or shows, or it is
// refused in that combination. No option is ignored.

/** How each command is run before an option is added. */
const lines: readonly string[] = [
  'connect a',
  'connections list',
  'connections check a',
  'connections delete a --yes',
  'create 1208',
  'create 1208 --ensure',
  'create --workspace 7 --yes',
  'create --team 7 --plan',
  'list',
  'get 1209',
  'update 1209 --on task',
  'delete 1209 --yes',
  'delete 1209 --plan',
  'delete --all --yes',
  'delete --resource 1 --plan',
  'events list',
  'events get E --webhook 1209',
  'events tail',
  'replay --yes',
  'replay --plan',
  'dlq list',
  'dlq redrive --yes',
  'quota',
  'subscriptions list',
  'subscriptions get sub_AAAAAAAAAAAAAAAAAAAAAA',
  'subscriptions update sub_AAAAAAAAAAAAAAAAAAAAAA --on task',
  'subscriptions pause sub_AAAAAAAAAAAAAAAAAAAAAA --yes',
  'subscriptions resume sub_AAAAAAAAAAAAAAAAAAAAAA',
  'completion',
];

/** A value for an option. It differs from the values in the lines above. */
const values: Readonly<Record<string, string>> = {
  on: 'story.added',
  from: '2026-11-01',
  to: '2026-11-02',
  at: '2026-11-02',
  port: '0',
  limit: '7',
  'requests-per-minute': '9',
  'events-per-second': '9',
  'local-url': 'http://127.0.0.1:1',
};

const all: ReadonlyMap<string, Command> = new Map(
  commands.flatMap((each): readonly (readonly [string, Command])[] =>
    'commands' in each
      ? each.commands.map((inner) => [`${each.name} ${inner.name}`, inner])
      : [[each.name, each]],
  ),
);

function commandOf(line: string): readonly [string, Command] {
  const found = [...all].find(([name]) => line === name || line.startsWith(`${name} `));
  if (found === undefined) throw new Error(`${line} is no command`);
  return found;
}

function words(parameter: Parameter<unknown>): readonly string[] {
  return parameter.isFlag
    ? [`--${parameter.name}`]
    : [`--${parameter.name}`, values[parameter.name] ?? 'other'];
}

/** The output, exit code and calls of a run. An error that is not shown as a sentence is a bug of the command line. */
async function outcome(args: readonly string[]): Promise<Omit<Outcome, 'pauses'>> {
  const { pauses: _, ...seen } = await runCli(args, {
    answers: everyAnswer,
    stdin: 'a-token',
    onSleep: (_ms, interrupt) => interrupt(),
  });
  return seen;
}

const cases = lines.flatMap((line) => {
  const [, { parameters }] = commandOf(line);
  const typed = line.split(' ');
  return parameters
    .filter(({ place, name }) => place === undefined && !typed.includes(`--${name}`))
    .map((parameter) => [line, parameter.name, parameter] as const);
});

describe('every option', () => {
  it('is tested in every command', () => {
    const walked = new Set(lines.map((line) => commandOf(line)[0]));
    expect([...all.keys()].filter((name) => !walked.has(name))).toEqual([]);
    expect(cases.length).toBeGreaterThan(80);
  });

  it.each(cases)('of "%s" --%s has an effect or is refused', async (line, name, parameter) => {
    const [without, given] = [
      await outcome(line.split(' ')),
      await outcome([...line.split(' '), ...words(parameter)]),
    ];
    // A plan asks no question, so --yes has no effect.
    if (name === 'yes' && line.includes('--plan')) return expect(given).toEqual(without);
    const isRefused = given.code === 2;
    if (!isRefused) expect(given).not.toEqual(without);
  });

  it.each([...all.keys()])('--json of "%s" changes what is shown', async (name) => {
    const line = lines.find((each) => commandOf(each)[0] === name) ?? name;
    const [plain, json] = [await outcome(line.split(' ')), await outcome([...line.split(' '), '--json'])];
    const shown = json.stdout === '' ? json.stderr : json.stdout;
    if (name === 'events tail') return expect(json.code).toBe(0);
    expect(json.stdout + json.stderr).not.toBe(plain.stdout + plain.stderr);
    for (const text of shown.trim().split('\n')) expect(() => JSON.parse(text)).not.toThrow();
  });

  it.each(Object.values(globals).map(({ name, isFlag }) => [name, isFlag] as const))(
    '--%s decides where the function is, or how it is shown',
    async (name, isFlag) => {
      const args = ['quota', `--${name}`, ...(isFlag ? [] : [values[name] ?? 'other'])];
      const [without, given] = [await outcome(['quota']), await outcome(args)];
      expect(given).not.toEqual(without);
    },
  );

  it('of AWS is refused in local mode', async () => {
    for (const name of ['stack', 'region', 'profile']) {
      const ran = await outcome(['quota', '--local', `--${name}`, 'x']);
      expect(ran).toMatchObject({ code: 2, calls: [], stderr: expect.stringContaining('are for AWS') });
    }
  });
});
