import { describe, expect, it } from 'vitest';
import { createdAtOf, eventIdOf } from '../../core/event.ts';

// The literal ids were made with Python's hashlib over the canonical list, not with the code under test.
const changed = {
  user: { gid: '12', resource_type: 'user' },
  created_at: '2026-11-23T10:00:00.123Z',
  action: 'changed',
  resource: { gid: '34', resource_type: 'task', resource_subtype: 'default_task' },
  parent: null,
  change: { field: 'due_on', action: 'changed' },
};

describe('eventIdOf()', () => {
  it('is the literal id of a changed task', () => {
    expect(eventIdOf(changed)).toBe('pKiv9vJg8eS-1IarzLoQc1jZ1HK2zuPtOTgCdj8BTxA');
  });

  it('is the literal id of a task added to a project', () => {
    const { change, ...event } = changed;
    const added = { ...event, action: 'added', parent: { gid: '56', resource_type: 'project' } };
    expect(eventIdOf(added)).toBe('ceqGWAi4B-s4OCfSRwdvNJNlT00rUpsjV_oQoOpiZWA');
  });

  it('is the literal id of a custom field set to an enum value, without a user', () => {
    const event = {
      ...changed,
      user: null,
      change: {
        field: 'custom_fields',
        action: 'changed',
        new_value: {
          gid: '78',
          resource_type: 'custom_field',
          enum_value: { gid: '90', resource_type: 'enum_option' },
        },
      },
    };
    expect(eventIdOf(event)).toBe('p5M1_waJUlvcw5v7HBJU_bU89dXSMxL7ADwqqvUU48A');
  });

  it('is the literal hash of the whole event if the event has no resource', () => {
    const syncError = { message: 'lost', created_at: '2026-11-23T10:00:00.123Z', action: 'sync_error' };
    expect(eventIdOf(syncError)).toBe('TGnx7WeZ8lPtAcnLunugUVsIFoJX59IZsBsZHgI6h-Y');
  });

  it('is the same for the form of the Events API, which adds names, type and expansions', () => {
    const polled = {
      type: 'task',
      change: { action: 'changed', field: 'due_on' },
      resource: { ...changed.resource, name: 'Write it down', completed: false },
      parent: null,
      action: 'changed',
      created_at: changed.created_at,
      user: { ...changed.user, name: 'Ada', email: 'ada@example.com' },
    };
    expect(eventIdOf(polled)).toBe(eventIdOf(changed));
  });

  it('is the same if unset members are left out', () => {
    const { parent, ...withoutParent } = changed;
    expect(eventIdOf(withoutParent)).toBe(eventIdOf(changed));
  });

  it.each([
    ['user', { user: { gid: '13' } }],
    ['missing user', { user: null }],
    ['time', { created_at: '2026-11-23T10:00:00.124Z' }],
    ['action', { action: 'added' }],
    ['resource', { resource: { gid: '35', resource_type: 'task' } }],
    ['resource type', { resource: { gid: '34', resource_type: 'project' } }],
    ['parent', { parent: { gid: '56' } }],
    ['field', { change: { field: 'due_at', action: 'changed' } }],
    ['action of the change', { change: { field: 'due_on', action: 'added' } }],
    ['new value', { change: { field: 'due_on', action: 'changed', new_value: { gid: '1' } } }],
    ['added value', { change: { field: 'due_on', action: 'changed', added_value: { gid: '1' } } }],
    ['removed value', { change: { field: 'due_on', action: 'changed', removed_value: { gid: '1' } } }],
  ])('differs by %s', (_, difference) => {
    expect(eventIdOf({ ...changed, ...difference })).not.toBe(eventIdOf(changed));
  });

  it('does not confuse the same gid in different places', () => {
    const ids = ['new_value', 'added_value', 'removed_value'].map((name) =>
      eventIdOf({ ...changed, change: { ...changed.change, [name]: { gid: '1' } } }),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it.each([
    ['an unknown action', { ...changed, action: 'teleported' }],
    ['a resource that is text', { ...changed, resource: 'task' }],
    ['a change that is text', { ...changed, change: 'due_on' }],
    ['nothing at all', {}],
  ])('accepts %s', (_, event) => {
    expect(eventIdOf(event)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('of an event without a resource does not depend on the order of members, at any depth', () => {
    const one = { action: 'sync_error', detail: { a: 1, b: [{ c: 2, d: 3 }] } };
    const other = { detail: { b: [{ d: 3, c: 2 }], a: 1 }, action: 'sync_error' };
    expect(eventIdOf(one)).toBe(eventIdOf(other));
    expect(eventIdOf({ ...one, detail: { a: 1, b: [{ c: 2, d: 4 }] } })).not.toBe(eventIdOf(one));
  });
});

describe('createdAtOf()', () => {
  it.each(['2026-11-23T10:00:00.123Z', '2026-11-23T10:00:00Z', '2026-11-23T10:00:00.123+02:00'])(
    'returns %s unchanged',
    (created_at) => expect(createdAtOf({ created_at })).toBe(created_at),
  );

  it.each([
    ['a missing time', undefined],
    ['null', null],
    ['a number', 1_700_000_000_000],
    ['a text that is not a time', 'yesterday'],
    ['a day that does not exist', '2026-13-45T10:00:00.000Z'],
    ['a text of more than 2,000 characters', `2026-11-23T10:00:00.${'1'.repeat(2_000)}Z`],
  ])('returns undefined for %s', (_, created_at) => {
    expect(createdAtOf({ created_at })).toBeUndefined();
  });
});
