import type * as z from 'zod';
import { AsanaFault } from './errors.ts';

/** The members of an object, by name. */
export type Members = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

/** Reads the members of an object. @throws AsanaFault 400 that names each invalid member */
export function readMembers<Schema extends Members>(schema: Schema, value: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const all = Object.keys(schema.shape).map((name) => `"${name}"`);
  const known = all.length > 0 ? `Valid members: ${all.join(', ')}.` : 'No members are valid.';
  const sentences = error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')}: Unknown member. ${known}`
      : `${issue.path.join('.')}: ${issue.message}`,
  );
  throw new AsanaFault(400, sentences.join('; '));
}
