import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalHash, writeJson } from '../../core/canonical.ts';

describe('writeJson()', () => {
  it.each([
    null,
    'a "quoted" text, ü 😀 \ud800 \u0000',
    [1e20, -0, 1e-7, true],
    [],
    {},
    { b: [{}, [], [[1, 2]], null], a: { c: undefined, d: 'x' }, 10: 1, 9: 2 },
    JSON.parse('{"__proto__":{"gid":"1"},"":[]}'),
  ])('writes %j as JSON.stringify does', (value) => {
    expect(writeJson(value, 1_000)).toBe(JSON.stringify(value));
  });

  it('writes a value of any depth and any length', () => {
    const deep = `${'{"a":['.repeat(200_000)}1${']}'.repeat(200_000)}`;
    expect(writeJson(JSON.parse(deep), 1e7) === deep).toBe(true);
    const long = `[${'0,'.repeat(1_000_000)}0]`;
    expect(writeJson(JSON.parse(long), 1e7) === long).toBe(true);
  });

  it('returns undefined if the JSON has too many bytes', () => {
    expect(writeJson({ a: 'ü' }, 10)).toBe('{"a":"ü"}');
    expect(writeJson({ a: 'ü' }, 9)).toBeUndefined();
    expect(writeJson(Array(100_000).fill(0), 200_000)).toBeUndefined();
  });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

describe('canonicalHash()', () => {
  it('sorts members, and leaves out null members and the names and types of objects with a gid', () => {
    const value = {
      type: 'kept',
      project: { resource_type: 'project', gid: 56, name: 'x', more: [{ type: 'y', gid: '7' }, null] },
      a: null,
      10: 1,
      9: 2,
      name: { gid: '', name: 'kept' },
    };
    expect(canonicalHash(value)).toBe(
      sha256(
        '{"10":1,"9":2,"name":{"gid":"","name":"kept"},"project":{"gid":"56","more":[{"gid":"7"},null]},"type":"kept"}',
      ),
    );
  });

  it('keeps a member that is named __proto__', () => {
    expect(canonicalHash(JSON.parse('{"__proto__":{"b":1,"a":2}}'))).toBe(
      sha256('{"__proto__":{"a":2,"b":1}}'),
    );
  });
});
