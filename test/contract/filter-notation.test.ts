import { describe, expect, it } from 'vitest';
import {
  describeFilters,
  FilterNotationError,
  parseFilter,
  warningsOf,
} from '../../contract/filter-notation.ts';
import type { WebhookFilter } from '../../contract/webhook.ts';

const vectors: readonly [string, WebhookFilter][] = [
  ['task', { resource_type: 'task' }],
  ['story.added', { resource_type: 'story', action: 'added' }],
  ['task.changed:due_on', { resource_type: 'task', action: 'changed', fields: ['due_on'] }],
  [
    'task.changed:due_on,completed',
    { resource_type: 'task', action: 'changed', fields: ['due_on', 'completed'] },
  ],
  [
    'story/comment_added.added',
    { resource_type: 'story', resource_subtype: 'comment_added', action: 'added' },
  ],
  ['task/milestone', { resource_type: 'task', resource_subtype: 'milestone' }],
  ['goal.changed:anything', { resource_type: 'goal', action: 'changed', fields: ['anything'] }],
];

describe('parseFilter()', () => {
  it.each(vectors)('reads %s, and describeFilters() writes it', (text, filter) => {
    expect(parseFilter(text)).toEqual(filter);
    expect(describeFilters([filter])).toBe(text);
  });

  it.each([
    [
      'task.touched',
      'there is no action "touched". The actions are changed, added, removed, deleted, undeleted.',
    ],
    ['task.changed:,', 'the colon must be followed by a field'],
    ['task.changed:', 'the colon must be followed by a field'],
    ['task:name', 'only the action "changed" can have fields. Write task.changed:name.'],
    ['task.added:name', 'only the action "changed" can have fields'],
    ['Task', 'is not a filter. Write a filter such as task.changed:due_on'],
    ['', 'is not a filter'],
    ['toString', 'is not a filter'],
  ])('refuses %j, and says what to write', (text, message) => {
    expect(() => parseFilter(text)).toThrow(FilterNotationError);
    expect(() => parseFilter(text)).toThrow(message);
  });
});

describe('warningsOf()', () => {
  it.each([
    ['tusk.changed', ['tusk.changed: Asana documents no resource type "tusk".']],
    ['constructor', ['constructor: Asana documents no resource type "constructor".']],
    [
      'story.deleted',
      [
        'story.deleted: Asana documents no action "deleted" of a story. It documents added, changed, removed, undeleted.',
      ],
    ],
    ['task.changed:dueon', ['task.changed:dueon: Asana documents no field "dueon" of a task.']],
    ['task.changed:name,x,y', ['task.changed:name,x,y: Asana documents no field "x", "y" of a task.']],
    ['task.changed:name', []],
    ['goal.changed:anything', []],
    ['task', []],
  ])('reports for %s the parts that Asana does not document', (text, warnings) => {
    expect(warningsOf(parseFilter(text))).toEqual(warnings);
  });
});

describe('describeFilters()', () => {
  it('returns "everything" if there is no filter', () => {
    expect(describeFilters([])).toBe('everything');
    expect(describeFilters(undefined)).toBe('everything');
  });

  it('describes filters from Asana’s answer, which contain nulls', () => {
    const all = { resource_type: 'task', resource_subtype: null, action: null, fields: null };
    expect(describeFilters([all, { ...all, resource_type: null, action: 'deleted' }])).toBe('task *.deleted');
  });
});
