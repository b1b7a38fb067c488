import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseBusEvent } from '../consumer/events.ts';
import { parseRequest } from '../functions/management/parse-request.ts';
import { everyAnswer, runCli } from './cli/harness.ts';
import { run, start } from './cli/run.ts';
import { type Stage, setStage } from './journeys/stage.ts';

const root = join(import.meta.dirname, '..');

interface Document {
  readonly path: string;
  readonly text: string;
  /** The text without code blocks. */
  readonly prose: string;
}

/** A fenced block, with the mark in the comment above it: `needs AWS`, `needs Asana` or `local`. */
interface Snippet {
  readonly path: string;
  readonly mark: string;
  readonly language: string;
  readonly code: string;
}

const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.md') && !/(^|\/)(node_modules|cdk\.out|coverage|\.venv)\//.test(path),
);
const documents: readonly Document[] = paths.map((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, prose: text.replaceAll(/^ *```.*?^ *```$/gms, '') };
});
const snippets: readonly Snippet[] = documents.flatMap(({ path, text }) =>
  [...text.matchAll(/(?:<!-- ([^>]*) -->\n)?^( *)```(\w*)\n(.*?)^ *```$/gms)].map(
    ([, mark = '', indent = '', language = '', code = '']) => ({
      path,
      mark,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  ),
);

function snippetsIn(...languages: readonly string[]): readonly Snippet[] {
  return snippets.filter(({ language }) => languages.includes(language));
}

/** The anchors that GitHub gives to a document's headings. */
function anchorsOf(prose: string): readonly string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('links', () => {
  const links = documents.flatMap(({ path, prose }) =>
    [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^https?:/.test(link))
      .map((link) => ({ path, link })),
  );

  it('are found', () => {
    expect(links.length).toBeGreaterThan(50);
  });

  it.each(links)('$path: $link', ({ path, link }) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : normalize(join(dirname(path), file));
    expect(existsSync(join(root, target)), `${target} exists`).toBe(true);
    if (anchor === undefined) return;
    const document = documents.find((each) => each.path === target);
    expect(document && anchorsOf(document.prose)).toContain(anchor);
  });
});

describe('the README', () => {
  const readme = documents.find(({ path }) => path === 'README.md') as Document;

  it('has at most 180 lines', () => {
    expect(readme.text.split('\n').length).toBeLessThanOrEqual(181);
  });

  it('has no sentence of more than 30 words', () => {
    expect(sentencesOf(readme.prose).filter((sentence) => sentence.split(/\s+/).length > 30)).toEqual([]);
  });

  it('is split into sentences', () => {
    expect(sentencesOf(readme.prose).length).toBeGreaterThan(50);
    expect(sentencesOf(`- One two. Three\n  four\n\n| a | b c |\n| --- | --- |`)).toEqual([
      'One two.',
      'Three four',
      'a',
      'b c',
    ]);
  });
});

/** The sentences of paragraphs and list items. Each cell of a table is a sentence. */
function sentencesOf(prose: string): readonly string[] {
  const blocks = prose
    .replaceAll(/<!--.*?-->/gs, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )|\n(?=\|)|(?<=^#.*)\n/m);
  return blocks
    .flatMap((block) =>
      block.trim().startsWith('|') ? block.split('|') : [block.replace(/^\s*([-*#]+|\d+\.) /, '')],
    )
    .flatMap((block) => block.split(/(?<=[.?!:;]\*{0,2})\s+(?=[*`"[]*\p{Lu})/u))
    .map((sentence) => sentence.replaceAll(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '' && !/^:?-+:?$/.test(sentence));
}

describe('commands in shell snippets', () => {
  // A block without a language shows a terminal. `$` marks a typed command.
  const captured = snippetsIn('').flatMap(({ path, code }) =>
    [...code.matchAll(/^\$ (.+)$/gm)].map(([, command = '']) => ({
      path,
      mark: 'local',
      command: `npx ${command}`,
    })),
  );
  const commands = snippetsIn('sh')
    .flatMap(({ path, mark, code }) => commandsOf(code).map((command) => ({ path, mark, command })))
    .concat(captured);

  it('are found', () => {
    expect(commands.length).toBeGreaterThan(30);
    expect(commandsOf(`a 'b\nc' \\\n  d # e\n# f\ng && h`)).toEqual([`a 'b\nc' d`, 'g', 'h']);
  });

  it.each(commands.filter(({ command }) => /npx asana-webhooks/.test(command)))(
    '$path: $command is accepted by the command line',
    async ({ command }) => {
      const args = wordsOf(command).slice(2);
      const { code, stderr } = await runCli(args, {
        answers: everyAnswer,
        // A person at a terminal answers yes, or types this as a token.
        columns: 100,
        stdin: 'y\n',
        onSleep: (_ms, interrupt) => interrupt(),
      });
      expect(code, stderr).not.toBe(2);
    },
  );

  it.each(commands.filter(({ command }) => command.includes('--payload')))(
    '$path: $command has a payload that the management function accepts',
    ({ command }) => {
      const words = wordsOf(command);
      const payload = JSON.parse(words[words.indexOf('--payload') + 1] ?? '');
      expect(parseRequest(payload)).toMatchObject({ operation: payload.operation });
    },
  );

  it.each(commands.filter(({ command }) => /^npm (run|start|test)/.test(command)))(
    '$path: $command is a script of this package',
    ({ command }) => {
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      const [, verb = '', name = ''] = wordsOf(command);
      expect(scripts).toHaveProperty([verb === 'run' ? name : verb]);
    },
  );

  it.each(commands.filter(({ command }) => /asana-webhooks|aws |cdk (deploy|destroy|boot)/.test(command)))(
    '$path: $command is run by a test, or marked as needing AWS',
    ({ command, mark }) => {
      expect(command.includes('--local') ? ['local', 'needs a browser'] : ['needs AWS']).toContain(mark);
    },
  );
});

/** The commands of a shell snippet, without comments, with continued lines joined. */
function commandsOf(code: string): readonly string[] {
  const token = /\|\n\s*|\\\n\s*|'[^']*'|"[^"]*"|(?<=^|\s)#.*|&&|\n|[^'"\\\n#&|]+|[\s\S]/gm;
  const commands = [''];
  for (const [part] of code.matchAll(token)) {
    if (part === '\n' || part === '&&') commands.push('');
    else if (part.startsWith('|\n')) commands.push(`${commands.pop()}| `);
    else if (part.startsWith('\\\n')) commands.push(`${commands.pop()} `.replace(/\s+$/, ' '));
    else if (!part.startsWith('#')) commands.push(`${commands.pop()}${part}`);
  }
  return commands.map((command) => command.trim()).filter((command) => command !== '');
}

/** The words of a command, split and unquoted as a shell does. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

describe('commands for local mode', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage.close());

  const commands = snippetsIn('sh')
    .filter(({ mark }) => mark === 'local')
    .flatMap(({ path, code }) => commandsOf(code).map((command) => ({ path, command })));

  it('are found', () => {
    expect(commands.length).toBeGreaterThan(2);
  });

  /** The variables that earlier commands have set. */
  const variables = new Map<string, string>();

  /** Sends the request of a curl command to the ports of this test. */
  async function curl(command: string): Promise<Response> {
    const words = wordsOf(command.replaceAll(/\$([A-Z]+)/g, (_, name) => variables.get(name) ?? ''));
    const valuesOf = (flag: string) => words.filter((_, index) => words[index - 1] === flag);
    const [address = ''] = words.filter((word) => word.startsWith('http://'));
    const asana = new URL(stage.local.asanaUrl).origin;
    const url = address
      .replace('http://127.0.0.1:3001', stage.local.lambdaUrl)
      .replace('http://127.0.0.1:3002', asana);
    const [method] = valuesOf('-X');
    const headers = valuesOf('-H').map((header) => header.split(': ') as [string, string]);
    const [body] = valuesOf('-d');
    return fetch(url, { method, headers, body });
  }

  it.each(commands)('$path: $command works', async ({ command }) => {
    const [, variable, inner] = /^([A-Z]+)=\$\((curl .*?) \|\s/.exec(command) ?? [];
    if (variable !== undefined && inner !== undefined) {
      const { token } = (await (await curl(inner)).json()) as { token: string };
      variables.set(variable, token);
      return;
    }
    if (command.startsWith('curl ')) {
      const answer = await curl(command);
      expect(answer.status, await answer.text()).toBe(200);
      return;
    }
    const answer = command.includes(' redrive ') ? ['--yes'] : [];
    const args = [...wordsOf(command).slice(2), ...answer, '--local-url', stage.local.lambdaUrl];
    if (!args.includes('tail')) {
      expect(await run(args)).toMatchObject({ code: 0 });
      return;
    }
    const tail = start(args);
    try {
      await expect.poll(() => tail.output.stderr, { timeout: 60_000 }).toContain('Waiting for events');
    } finally {
      tail.kill('SIGINT');
    }
  });
});

describe('JSON snippets', () => {
  it.each(snippetsIn('json'))('$path: $code', ({ code }) => {
    const value = JSON.parse(code);
    if ('operation' in value) expect(parseRequest(value)).toMatchObject({ operation: value.operation });
    if ('detail-type' in value) expect(parseBusEvent(value)).toMatchObject({ source: 'asana.webhooks' });
  });
});

describe('TypeScript snippets', () => {
  const modules = snippetsIn('ts').filter(({ code }) => code.includes('import '));
  let folder: string;
  const fileOf = (index: number) => join(folder, `snippet-${index}.ts`);

  beforeAll(() => {
    // Inside the package, so that its own name can be imported.
    mkdirSync(join(root, 'cdk.out'), { recursive: true });
    folder = mkdtempSync(join(root, 'cdk.out', 'snippets-'));
    for (const [index, { code }] of modules.entries()) writeFileSync(fileOf(index), code);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('have the types that they use', () => {
    const tsconfig = join(folder, 'tsconfig.json');
    writeFileSync(tsconfig, JSON.stringify({ extends: join(root, 'tsconfig.json'), include: ['.'] }));
    const failed = failureOf(() => execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', tsconfig]));
    expect(failed).toBeUndefined();
    expect(modules.length).toBeGreaterThan(1);
  });

  it('make the app that the README shows', () => {
    const index = modules.findIndex(({ code }) => code.includes('new App()'));
    const out = join(folder, 'out');
    execFileSync(process.execPath, [fileOf(index)], { env: { ...process.env, CDK_OUTDIR: out } });
    const template = readFileSync(join(out, 'AsanaWebhooks.template.json'), 'utf8');
    expect(template).toContain('"AWS::Events::Rule"');
  });
});

function failureOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return String((error as { readonly stdout?: Buffer }).stdout);
  }
}
