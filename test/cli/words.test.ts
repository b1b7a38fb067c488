import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inOurWords } from '../../cli/words.ts';
import { operations } from '../../contract/operations.ts';

const root = join(import.meta.dirname, '../..');

/** Every quoted text of the rules and adapters. These include all messages of the management function. */
const texts = ['core', 'adapters'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [
      ...readFileSync(join(root, folder, path), 'utf8')
        .replaceAll(/^import .*$/gm, '')
        .matchAll(/(['"`])((?:\\.|(?!\1)[^\\])*? (?:\\.|(?!\1)[^\\])*?)\1/g),
    ])
    .map(([, , text = '']) => text),
);

describe('the words of the command line', () => {
  it('has a command or option for each operation and parameter that a message names', () => {
    expect(texts.length).toBeGreaterThan(100);
    const names = new RegExp(
      `\\b(${Object.keys(operations).join('|')}|idempotencyKey|replayId|nextToken)\\b`,
    );
    const meant = texts.filter((text) => names.test(text) && !/^(GET|POST)/.test(text));
    expect(meant.length).toBeGreaterThan(10);
    expect(meant.map(inOurWords).filter((text) => names.test(text))).toEqual([]);
  });

  it.each([
    [
      'Connection "x" is not ready: it has no token yet. Connect it again with putConnection or beginOAuth.',
      'Connection "x" is not ready: it has no token yet. Connect it again with asana-webhooks connect <name>, or add --oauth.',
    ],
    ['Delete them first, or set force: true.', 'Delete them first, or set --force.'],
    ['Call again with this replayId to continue.', 'Call again with this --replay-id to continue.'],
  ])('%s', (theirs, ours) => {
    expect(inOurWords(theirs)).toBe(ours);
  });
});
