import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/**
 * The imports that each folder may have besides itself. The longest prefix counts. Type imports count too. `*` means
 * everything.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  docs: ['contract'],
  consumer: ['contract'],
  // Files that all folders of core share.
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

/** The packages that a folder may import: core imports neither AWS nor HTTP, and the contract only zod. */
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

/** Matches every import, including types and `import()`, and every worker module that a URL names. */
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

/** Returns the most specific folder in the table that contains a file. */
function folderOf(file: string, table: Readonly<Record<string, unknown>>): string | undefined {
  const holding = Object.keys(table).filter((folder) => file.startsWith(`${folder}/`));
  return holding.sort((a, b) => b.length - a.length)[0];
}

/** Whether an entry of the table covers a file. A folder covers all levels below it, `folder/*` only the first. */
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

/** Returns the import cycles, each as a path from a file back to itself. */
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
  it('finds files and imports, and every imported file exists', () => {
    expect(files.length).toBeGreaterThan(200);
    expect(imports.length).toBeGreaterThan(800);
    expect(imports.filter(({ to }) => !files.includes(to)).map(shown)).toEqual([]);
  });

  it('has an entry in the table for every source folder', () => {
    const unknown = files.filter((file) => file.includes('/') && folderOf(file, mayImport) === undefined);
    expect(unknown).toEqual([]);
  });

  it('has only imports that the table allows', () => {
    expect(imports.filter((each) => !isAllowed(each)).map(shown)).toEqual([]);
  });

  it('has no import cycle', () => {
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

describe('the check finds', () => {
  it.each<[string, Import]>([
    [
      'a folder of core that imports a folder that depends on it',
      { from: 'core/publishing/publish.ts', to: 'core/redelivery/ports.ts' },
    ],
    [
      'a shared file of core that imports a folder of core',
      { from: 'core/event.ts', to: 'core/publishing/publish.ts' },
    ],
    ['core importing an adapter', { from: 'core/event.ts', to: 'adapters/aws/event-log.ts' }],
    [
      'an adapter that imports another adapter',
      { from: 'adapters/aws/event-log.ts', to: 'adapters/asana/client.ts' },
    ],
    ['the contract importing core', { from: 'contract/errors.ts', to: 'core/errors.ts' }],
    [
      'a function that imports another function',
      { from: 'functions/oauth/oauth.ts', to: 'functions/receiver/env.ts' },
    ],
    ['a construct that imports a handler', { from: 'lib/api.ts', to: 'functions/receiver/handler.ts' }],
    ['the command line importing core', { from: 'cli/main.ts', to: 'core/errors.ts' }],
    [
      'the simulator importing the contract',
      { from: 'local/asana-simulator/seed.ts', to: 'contract/webhook.ts' },
    ],
    ['a source file that imports a test', { from: 'lib/api.ts', to: 'test/architecture.test.ts' }],
  ])('%s', (_, forbidden) => {
    expect(isAllowed(forbidden)).toBe(false);
  });

  it('an import cycle of any length', () => {
    const ring = ['a', 'b', 'c', 'a'].flatMap((from, index, all) => {
      const to = all[index + 1];
      return to === undefined ? [] : [{ from, to }];
    });
    expect(circles(ring)).toEqual(['a → b → c → a']);
    expect(circles(ring.slice(0, 2))).toEqual([]);
  });
});
