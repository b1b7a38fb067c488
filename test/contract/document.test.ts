import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { operationsDocument } from '../../contract/document.ts';
import { callingAsana, errors } from '../../contract/errors.ts';
import { operations } from '../../contract/operations.ts';
import { parseRequest } from '../../functions/management/parse-request.ts';

const docs = join(import.meta.dirname, '../../docs');

describe('docs/operations.md', () => {
  it('equals the output of `npm run docs`', () => {
    expect(readFileSync(join(docs, 'operations.md'), 'utf8')).toBe(operationsDocument());
  });

  it('links only to existing files', () => {
    const links = [...operationsDocument().matchAll(/\]\((\.\.?\/[^)#]+)\)/g)].map(([, link = '']) => link);
    expect(links).toHaveLength(Object.keys(operations).length);
    for (const link of links) expect(existsSync(join(docs, link)), link).toBe(true);
  });
});

describe.each(Object.entries(operations))('%s', (name, { parameters, example, ...operation }) => {
  it('has an example that is accepted', () => {
    expect(parseRequest({ operation: name, ...example })).toMatchObject({ operation: name });
  });

  it('has its own name, and lists only existing errors, each error once', () => {
    expect(operation.name).toBe(name);
    expect(operation.errors.filter((error) => !(error in errors))).toEqual([]);
    expect(new Set(operation.errors).size).toBe(operation.errors.length);
  });

  it('lists scopes if it calls Asana, each list of alternatives once for each part', () => {
    const isCalling = callingAsana.every((error) => operation.errors.some((name) => name === error));
    expect(operation.scopes !== undefined).toBe(isCalling);
    const listed = (operation.scopes ?? []).map((scope) => JSON.stringify(scope));
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('describes every parameter', () => {
    const silent = Object.entries(parameters.shape).filter(([, schema]) => {
      return schema.description === undefined;
    });
    expect(silent.map(([parameter]) => parameter)).toEqual([]);
  });
});

it.each([
  ['getWebhook', 'always `webhooks:read`.'],
  ['getQuota', 'always `webhooks:read` and either `users:read` or `workspaces:read`.'],
  ['createWebhooks', '`projects:read` for the projects of a workspace or team'],
  [
    'deleteWebhook',
    'always `webhooks:delete`; in part `users:read` and `webhooks:read` for proving that a webhook is gone',
  ],
  ['checkConnection', 'in part `users:read` for showing the user'],
])('the section of %s shows its scopes', (name, text) => {
  const section = operationsDocument().split(`\n## ${name}\n`)[1]?.split('\n## ')[0];
  expect(section).toMatch(/^\*\*\[Scopes\]/m);
  expect(section).toContain(text);
});

it('every error is listed by at least one operation', () => {
  const thrown = new Set<string>(Object.values(operations).flatMap((operation) => [...operation.errors]));
  expect(Object.keys(errors).filter((name) => !thrown.has(name))).toEqual([]);
});
