import { createHash } from 'node:crypto';

/** An object or a list whose end is not written yet. A list has no names. */
interface Open {
  readonly names: readonly string[] | undefined;
  readonly value: object;
  next: number;
}

/** How a value is written. */
interface Form {
  /** The names of an object's members, in the order in which they are written. */
  namesOf(value: object): readonly string[];
  /** The value that is written for a member of an object. */
  valueOf(value: unknown, name: string): unknown;
}

/** The number of pieces of text that are joined at once. */
const piecesInPart = 4_096;

/**
 * Writes a value as JSON, as JSON.stringify does, at any depth and part by part. JSON.stringify calls itself for each
 * level, so a value with some thousand levels overflows the stack.
 */
function* partsOf(root: unknown, form: Form): Generator<string> {
  let pieces: string[] = [];
  const open: Open[] = [];
  const write = (value: unknown) => {
    if (typeof value !== 'object' || value === null) {
      pieces.push(JSON.stringify(value) ?? 'null');
      return;
    }
    const names = Array.isArray(value) ? undefined : form.namesOf(value);
    pieces.push(names ? '{' : '[');
    open.push({ names, value, next: 0 });
  };
  write(root);
  for (let current = open.at(-1); current !== undefined; current = open.at(-1)) {
    if (pieces.length > piecesInPart) {
      yield pieces.join('');
      pieces = [];
    }
    const { names, value, next } = current;
    if (next === (names ?? (value as readonly unknown[])).length) {
      pieces.push(names ? '}' : ']');
      open.pop();
      continue;
    }
    current.next += 1;
    if (next > 0) pieces.push(',');
    const name = names?.[next];
    if (name === undefined) {
      write((value as readonly unknown[])[next]);
    } else {
      pieces.push(JSON.stringify(name), ':');
      write(form.valueOf(member(value, name), name));
    }
  }
  yield pieces.join('');
}

const plain: Form = {
  namesOf: (value) => Object.keys(value).filter((name) => member(value, name) !== undefined),
  valueOf: (value) => value,
};

/** Writes a value as JSON at any depth, or returns undefined if the JSON is longer than `maxBytes`. */
export function writeJson(value: unknown, maxBytes: number): string | undefined {
  const parts: string[] = [];
  let bytes = 0;
  for (const part of partsOf(value, plain)) {
    bytes += Buffer.byteLength(part);
    if (bytes > maxBytes) return undefined;
    parts.push(part);
  }
  return parts.join('');
}

/** The members that the Events API adds to an object with a gid, or that follow from the gid. */
const descriptions: ReadonlySet<string> = new Set(['name', 'type', 'resource_type', 'resource_subtype']);

const canonical: Form = {
  namesOf(value) {
    const hasGid = gidOf(value) !== null;
    const isPart = (name: string) =>
      (member(value, name) ?? null) !== null && !(hasGid && descriptions.has(name));
    return Object.keys(value).filter(isPart).sort();
  },
  valueOf: (value, name) => (name === 'gid' ? (textOf(value) ?? value) : value),
};

/**
 * The hash of what identifies a value: SHA-256, base64url, over its JSON with sorted members. Two forms of one value
 * have the same hash: members that are null are left out, and so are the name and the types of an object that has a gid,
 * at any depth. A gid is the same as text and as a number.
 */
export function canonicalHash(value: unknown): string {
  const hash = createHash('sha256');
  for (const part of partsOf(value, canonical)) hash.update(part);
  return hash.digest('base64url');
}

/** The gid of an object as text, or null. */
export function gidOf(value: unknown): string | null {
  return textOf(member(value, 'gid')) || null;
}

/** Returns text and numbers as text, and null for all other values. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}

/** A member of an object, or undefined if the value is not an object. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
