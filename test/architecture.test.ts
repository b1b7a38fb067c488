import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/**
 * What each folder may import besides itself; the longest prefix counts. Type imports count as well. `*` stands for
 * everything.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  docs: ['contract'],
  consumer: ['contract'],
  // The ground floor: what all rooms share.
  core: ['contract'],
  'core/receiving': ['core/*', 'contract'],
  'core/diagnosing': ['core/*', 'contract'],
  'core/publishing': ['core/*', 'contract'],
  'core/connections': ['core/*', 'contract'],
  'core/subscriptions': ['core/*', 'core/diagnosing', 'contract'],
  'core/redelivery': ['core/*', 'core/publishing', 'contract'],
  'adapters/asana': ['core', 'contract'],
  'adapters/aws': ['core', 'contract'],
  'functions/runtime': ['core'],
  'functions/receiver': ['core', 'adapters', 'contract', 'functions/runtime'],
  'functions/dispatcher': ['core', 'adapters', 'contract', 'functions/runtime'],
  'functions/management': ['core', 'adapters', 'contract', 'functions/runtime'],
  'functions/oauth': ['core', 'adapters', 'contract', 'functions/runtime'],
  'functions/example-consumer': ['consumer', 'functions/runtime'],
  lib: ['contract', 'functions/*/env.ts'],
  cli: ['contract'],
  local: ['functions/*/env.ts', 'functions/runtime', 'contract', 'cli/console', 'local/asana-simulator'],
  'local/asana-simulator': [],
  test: ['*'],
  benchmarks: ['*'],
};

/** Packages that a folder must not import: the rules know neither AWS nor HTTP, and the contract only zod. */
const packages: Readonly<Record<string, RegExp>> = {
  contract: /^zod$/,
  core: /^node:crypto$/,
  'adapters/asana': /^$/,
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (path) => /\.ts$/.test(path) && !/(^|\/)(node_modules|cdk\.out|coverage)\//.test(path),
);

/** Every import, also of types and by `import()`, and every worker module that is named by a URL. */
const specifiers = /(?:from\s+|import\s*\(\s*|import\s+|new URL\(\s*)'([^']+)'/g;

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(specifiers)].map(([, specifier = '']) => specifier);
}

const imports: readonly Import[] = files.flatMap((from) =>
  importsOf(from)
    .filter((specifier) => specifier.startsWith('.') && specifier.endsWith('.ts'))
    .map((specifier) => ({ from, to: normalize(join(dirname(from), specifier)) })),
);

/** The most specific folder of the table that a file lies in. */
function folderOf(file: string, table: Readonly<Record<string, unknown>>): string | undefined {
  const holding = Object.keys(table).filter((folder) => file.startsWith(`${folder}/`));
  return holding.sort((a, b) => b.length - a.length)[0];
}

/** Whether a file fits an entry of the table: a folder with all below it, `folder/*` without what lies deeper. */
function fits(file: string, entry: string): boolean {
  if (entry === '*') return true;
  const pattern = entry
    .split('/')
    .map((part) => part.replaceAll('.', '\\.').replaceAll('*', '[^/]+'))
    .join('/');
  const isFile = entry.includes('*');
  return new RegExp(isFile ? `^${pattern}$` : `^${pattern}/`).test(file);
}

function isAllowed({ from, to }: Import): boolean {
  const folder = folderOf(from, mayImport);
  if (folder === undefined) return !from.includes('/');
  return folderOf(to, mayImport) === folder || (mayImport[folder] ?? []).some((entry) => fits(to, entry));
}

/** A path of imports from a file back to itself, for each file that has one. */
function circles(all: readonly Import[]): readonly string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of all) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(' → '));
    if (at >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

const shown = ({ from, to }: Import) => `${from} imports ${to}`;

describe('the architecture', () => {
  it('is of files that are there', () => {
    expect(files.length).toBeGreaterThan(200);
    expect(imports.length).toBeGreaterThan(800);
    expect(imports.filter(({ to }) => !files.includes(to)).map(shown)).toEqual([]);
  });

  it('names every folder of source', () => {
    const unknown = files.filter((file) => file.includes('/') && folderOf(file, mayImport) === undefined);
    expect(unknown).toEqual([]);
  });

  it('has only the arrows of the table', () => {
    expect(imports.filter((each) => !isAllowed(each)).map(shown)).toEqual([]);
  });

  it('has no circle of imports', () => {
    expect(circles(imports)).toEqual([]);
  });

  it.each(Object.entries(packages))('%s imports no package but %s', (folder, allowed) => {
    const wrong = files
      .filter((file) => file.startsWith(`${folder}/`))
      .flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })))
      .filter(({ specifier }) => !specifier.startsWith('.') && !allowed.test(specifier));
    expect(wrong).toEqual([]);
  });

  it('has no source file of more than 300 lines', () => {
    const sources = files.filter((file) => !file.startsWith('test/'));
    const long = sources.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 301);
    expect(long.map((file) => relative('.', file))).toEqual([]);
  });
});

describe('the table notices', () => {
  it.each<[string, Import]>([
    ['a room that looks up', { from: 'core/publishing/publish.ts', to: 'core/redelivery/ports.ts' }],
    ['a ground floor that knows a room', { from: 'core/event.ts', to: 'core/publishing/publish.ts' }],
    ['rules that know an adapter', { from: 'core/event.ts', to: 'adapters/aws/event-log.ts' }],
    ['an adapter that knows another', { from: 'adapters/aws/event-log.ts', to: 'adapters/asana/client.ts' }],
    ['a contract that knows the rules', { from: 'contract/errors.ts', to: 'core/errors.ts' }],
    ['a function that knows another', { from: 'functions/oauth/oauth.ts', to: 'functions/receiver/env.ts' }],
    ['a construct that knows a handler', { from: 'lib/api.ts', to: 'functions/receiver/handler.ts' }],
    ['a command line that knows the rules', { from: 'cli/main.ts', to: 'core/errors.ts' }],
    ['a simulator that knows us', { from: 'local/asana-simulator/seed.ts', to: 'contract/webhook.ts' }],
    ['a source that knows a test', { from: 'lib/api.ts', to: 'test/architecture.test.ts' }],
  ])('%s', (_, forbidden) => {
    expect(isAllowed(forbidden)).toBe(false);
  });

  it('a circle, however long', () => {
    const ring = ['a', 'b', 'c', 'a'].flatMap((from, index, all) => {
      const to = all[index + 1];
      return to === undefined ? [] : [{ from, to }];
    });
    expect(circles(ring)).toEqual(['a → b → c → a']);
    expect(circles(ring.slice(0, 2))).toEqual([]);
  });
});
