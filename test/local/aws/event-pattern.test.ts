import { describe, expect, it } from 'vitest';
import { matches } from '../../../local/aws/event-pattern.ts';

const event = {
  source: 'asana.webhooks',
  'detail-type': 'task.changed',
  detail: {
    state: 'running',
    count: 5,
    nothing: null,
    flag: true,
    empty: '',
    tags: ['a', 'b'],
    none: [],
    inner: {
      name: 'Tests.PNG',
      items: [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
    },
  },
};

/** A pattern of the detail, and whether it matches. The cases follow EventBridge's user guide. */
const vectors: readonly [string, object, boolean][] = [
  ['a value', { state: ['running'] }, true],
  ['another value', { state: ['stopped'] }, false],
  ['one of two', { state: ['stopped', 'running'] }, true],
  ['two fields', { state: ['running'], count: [5] }, true],
  ['two fields, and one field is wrong', { state: ['running'], count: [6] }, false],
  ['an absent field', { missing: ['x'] }, false],
  ['a number as text', { count: ['5'] }, false],
  ['null', { nothing: [null] }, true],
  ['null for an absent field', { missing: [null] }, false],
  ['true', { flag: [true] }, true],
  ['an empty text', { empty: [''] }, true],
  ['an item of an array', { tags: ['b'] }, true],
  ['no item of an array', { tags: ['c'] }, false],
  ['nested', { inner: { name: ['Tests.PNG'] } }, true],
  ['nested and absent', { inner: { other: ['x'] } }, false],
  ['nested in a value that is not an object', { state: { x: ['y'] } }, false],
  ['both fields in one item of an array', { inner: { items: { x: [2], y: [2] } } }, true],
  ['both fields, in different items', { inner: { items: { x: [1], y: [2] } } }, false],
  ['exists', { state: [{ exists: true }] }, true],
  ['exists, but the field is absent', { missing: [{ exists: true }] }, false],
  ['does not exist', { missing: [{ exists: false }] }, true],
  ['does not exist, but the field is present', { state: [{ exists: false }] }, false],
  ['a null exists', { nothing: [{ exists: true }] }, true],
  ['an object is not a leaf', { inner: [{ exists: true }] }, false],
  ['an empty array is not a leaf', { none: [{ exists: false }] }, true],
  ['does not exist or is a value: the field has the value', { state: [{ exists: false }, 'running'] }, true],
  [
    'does not exist or is a value: the field has another value',
    { state: [{ exists: false }, 'stopped'] },
    false,
  ],
  ['does not exist or is a value: the field is absent', { missing: [{ exists: false }, 'x'] }, true],
  ['does not exist, nested in an absent field', { missing: { deep: [{ exists: false }] } }, true],
  ['prefix', { state: [{ prefix: 'run' }] }, true],
  ['prefix that does not match', { state: [{ prefix: 'stop' }] }, false],
  ['prefix of a number', { count: [{ prefix: '5' }] }, false],
  ['prefix without case', { inner: { name: [{ prefix: { 'equals-ignore-case': 'tests' } }] } }, true],
  ['suffix', { inner: { name: [{ suffix: '.PNG' }] } }, true],
  ['suffix without case', { inner: { name: [{ suffix: { 'equals-ignore-case': '.png' } }] } }, true],
  ['equals-ignore-case', { state: [{ 'equals-ignore-case': 'RUNNING' }] }, true],
  ['wildcard', { inner: { name: [{ wildcard: '*s.P*' }] } }, true],
  ['wildcard that does not match', { inner: { name: [{ wildcard: '*.gif' }] } }, false],
  ['wildcard with a literal dot', { state: [{ wildcard: 'r.nning' }] }, false],
  ['wildcard with a literal star', { state: [{ wildcard: 'runn\\*' }] }, false],
  ['anything-but', { state: [{ 'anything-but': 'stopped' }] }, true],
  ['anything-but the value itself', { state: [{ 'anything-but': 'running' }] }, false],
  ['anything-but a list', { state: [{ 'anything-but': ['stopped', 'running'] }] }, false],
  ['anything-but a number', { count: [{ 'anything-but': [4, 6] }] }, true],
  ['anything-but of an absent field', { missing: [{ 'anything-but': 'x' }] }, false],
  ['anything-but a prefix', { state: [{ 'anything-but': { prefix: 'run' } }] }, false],
  ['anything-but prefixes', { state: [{ 'anything-but': { prefix: ['a', 'b'] } }] }, true],
  ['anything-but a suffix', { state: [{ 'anything-but': { suffix: 'ed' } }] }, true],
  ['anything-but a wildcard', { state: [{ 'anything-but': { wildcard: '*nn*' } }] }, false],
  ['anything-but without case', { state: [{ 'anything-but': { 'equals-ignore-case': 'RUNNING' } }] }, false],
  ['numeric =', { count: [{ numeric: ['=', 5] }] }, true],
  ['numeric >', { count: [{ numeric: ['>', 5] }] }, false],
  ['numeric >=', { count: [{ numeric: ['>=', 5] }] }, true],
  ['numeric range', { count: [{ numeric: ['>', 0, '<=', 5] }] }, true],
  ['numeric value outside the range', { count: [{ numeric: ['>', 0, '<', 5] }] }, false],
  ['numeric of a text', { state: [{ numeric: ['>', 0] }] }, false],
  ['one of two fields', { $or: [{ state: ['stopped'] }, { count: [5] }] }, true],
  ['none of two fields', { $or: [{ state: ['stopped'] }, { count: [6] }] }, false],
];

describe('matches()', () => {
  it.each(vectors)('%s', (_, detail, expected) => {
    expect(matches({ detail }, event)).toBe(expected);
  });

  it('also matches fields of the envelope', () => {
    expect(matches({ source: ['asana.webhooks'], 'detail-type': [{ prefix: 'task.' }] }, event)).toBe(true);
    expect(matches({ source: ['aws.s3'] }, event)).toBe(false);
  });

  it.each([
    ['a plain value', { state: 'running' }],
    ['an unknown operator', { state: [{ sounds: 'like' }] }],
    ['an unknown comparison', { count: [{ numeric: ['~', 5] }] }],
  ])('refuses %s instead of guessing', (_, detail) => {
    expect(() => matches({ detail }, event)).toThrow();
  });
});
