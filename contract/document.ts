import * as z from 'zod';
import { callingAsana, errors, everyOperation } from './errors.ts';
import { operations } from './operations.ts';
import type { NeededScope } from './scopes.ts';

type AnyOperation = (typeof operations)[keyof typeof operations];

/** docs/operations.md: every operation with its parameters, result, example and errors. */
export function operationsDocument(): string {
  const all: readonly AnyOperation[] = Object.values(operations);
  return [
    '# Operations',
    '',
    '<!-- Made from contract/operations by `npm run docs`. Change it there. -->',
    '',
    'The management function accepts one JSON object with `operation` and the parameters of that operation. An unknown',
    'or malformed parameter fails with `InvalidRequest`, whose message lists every problem. An error has a stable name',
    '(`errorType` of the Lambda invocation) and a message that says what to do.',
    '',
    '| operation | what it does | makes changes |',
    '| --- | --- | --- |',
    ...all.map(
      ({ name, summary, changes }) =>
        `| [${name}](#${name.toLowerCase()}) | ${summary} | ${yesNo(changes)} |`,
    ),
    '',
    ...all.flatMap(sectionOf),
    '## Filters',
    '',
    'An event passes a filter if it matches every member of the filter. A webhook sends each event that passes at least',
    'one of its filters.',
    '',
    '| member | events that pass |',
    '| --- | --- |',
    '| `resource_type` | events of resources of this type: `task`, `story`, … |',
    '| `resource_subtype` | events of resources of this subtype: `milestone`, `comment_added`, … |',
    '| `action` | `changed`, `added`, `removed`, `deleted` or `undeleted` |',
    '| `fields` | changes of any of these fields; only with the action `changed`, and not on a workspace, team or portfolio |',
    '',
    '## Scopes',
    '',
    'Each operation lists the OAuth scopes of Asana that its calls need. They matter only for an app with granular scopes. A',
    'personal access token, or an app with full permissions, can make every call. If a scope is missing that only a part',
    'needs, the other parts work.',
    '',
    '## Errors',
    '',
    '| name | when it happens | what to do | operations |',
    '| --- | --- | --- | --- |',
    ...Object.entries(errors).map(
      ([name, { when, advice }]) => `| \`${name}\` | ${when} | ${advice} | ${sharedBy(name)} |`,
    ),
    '',
  ].join('\n');
}

function sectionOf(operation: AnyOperation): readonly string[] {
  const { name, summary, parameters, returns, example } = operation;
  const payload = JSON.stringify({ operation: name, ...example }, null, 2);
  return [
    `## ${name}`,
    '',
    summary,
    '',
    ...tableOf(parameters.shape),
    `**Returns:** ${returns} The exact type is in [its contract](../contract/operations/${fileOf(name)}).`,
    '',
    `**Errors:** ${errorsOf(operation)}.`,
    '',
    ...scopesOf(operation),
    '```json',
    payload,
    '```',
    '',
  ];
}

function tableOf(shape: Readonly<Record<string, z.ZodType>>): readonly string[] {
  const rows = Object.entries(shape).map(([name, schema]) => rowOf(name, schema));
  if (rows.length === 0) return ['This operation has no parameters.', ''];
  return ['| parameter | form | | meaning |', '| --- | --- | --- | --- |', ...rows, ''];
}

function rowOf(name: string, schema: z.ZodType): string {
  const { description = '' } = describe(schema);
  return `| \`${name}\` | ${formOf(schema)} | ${needOf(schema)} | ${description} |`;
}

/** The kind of value: the `form` in the schema's metadata, otherwise the schema's type. */
function formOf(schema: z.ZodType): string {
  const { form } = describe(schema);
  if (form !== undefined) return form;
  if (isWrapper(schema)) return formOf(schema.unwrap() as z.ZodType);
  const { type } = schema.def;
  if (type === 'number') return 'whole number';
  return type === 'boolean' ? '`true` or `false`' : 'text';
}

function needOf(schema: z.ZodType): string {
  if (schema instanceof z.ZodDefault) return `default \`${JSON.stringify(schema.def.defaultValue)}\``;
  return schema instanceof z.ZodOptional ? '' : 'required';
}

/** The metadata of a schema, merged with the metadata of the schema that it wraps. */
function describe(schema: z.ZodType): { readonly description?: string; readonly form?: string } {
  const own = (schema.meta() ?? {}) as { readonly description?: string; readonly form?: string };
  return isWrapper(schema) ? { ...describe(schema.unwrap() as z.ZodType), ...own } : own;
}

function isWrapper(schema: z.ZodType): schema is z.ZodOptional | z.ZodDefault {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
}

/** The shared errors as one link, then the operation's own errors by name. */
function errorsOf({ errors: names }: AnyOperation): string {
  const calls: readonly string[] = callingAsana;
  const all: readonly string[] = everyOperation;
  const isCalling = calls.every((name) => (names as readonly string[]).includes(name));
  const own = names.filter((name) => !(isCalling ? calls : all).includes(name));
  const shared = isCalling
    ? 'those of [every operation that calls Asana](#errors)'
    : 'those of [every operation](#errors)';
  return [shared, ...own.map((name) => `\`${name}\``)].join(', ');
}

/** The scopes that are always needed, then those that only a part needs. */
function scopesOf({ scopes }: AnyOperation): readonly string[] {
  if (scopes === undefined) return [];
  const needed = scopes.filter(({ onlyFor }) => onlyFor === undefined);
  const parts = [...new Set(scopes.flatMap(({ onlyFor }) => onlyFor ?? []))].map((part) => {
    return `${listOf(scopes.filter(({ onlyFor }) => onlyFor === part))} for ${part}`;
  });
  const always = needed.length > 0 ? `always ${listOf(needed)}` : undefined;
  const partly = parts.length > 0 ? `in part ${parts.join('; ')}` : undefined;
  return [`**[Scopes](#scopes):** ${[always, partly].filter(Boolean).join('; ')}.`, ''];
}

function listOf(scopes: readonly NeededScope[]): string {
  return scopes.map(namesOf).join(' and ');
}

function namesOf({ anyOf }: NeededScope): string {
  const names = anyOf.map((scope) => `\`${scope}\``).join(' or ');
  return anyOf.length > 1 ? `either ${names}` : names;
}

/** The group of operations that share an error, or nothing if the error belongs to single operations. */
function sharedBy(name: string): string {
  if ((everyOperation as readonly string[]).includes(name)) return 'every operation';
  return (callingAsana as readonly string[]).includes(name) ? 'every operation that calls Asana' : '';
}

function fileOf(name: string): string {
  return `${name.replace('OAuth', 'Oauth').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
}

function yesNo(answer: boolean): string {
  return answer ? 'yes' : 'no';
}
