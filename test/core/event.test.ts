import { describe, expect, it } from 'vitest';
import { createdAtOf, eventIdOf, keyOf } from '../../core/event.ts';

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

  const project = { gid: '56', name: 'Bugs', resource_type: 'project', resource_subtype: 'default' };
  const section = { resource_type: 'section', name: 'To do', gid: '57', type: 'section' };

  it.each<[string, object]>([
    ['from a webhook', { project: { gid: '56' }, section: { gid: '57' } }],
    ['from the Events API, with names and types', { section, project }],
    ['with its gids as numbers', { section: { gid: 57 }, project: { gid: 56 } }],
    ['with unset members', { project: { gid: '56', name: null }, parent: null, section: { gid: '57' } }],
  ])('is the literal id of a new membership %s', (_, added_value) => {
    const change = { field: 'memberships', action: 'added', added_value };
    expect(eventIdOf({ ...changed, change })).toBe('mkragY0AKjAGPgNXnl3XB6nadMUVJBk7OBsxgfqEfbQ');
  });

  it.each<[string, string, object, object?]>([
    [
      'a removed follower',
      'yKrjkz__0Dq8FjHRxVG4KzKF3LvXLW_Xqzqewf9IKLM',
      { field: 'followers', action: 'removed', removed_value: { gid: '99', resource_type: 'user' } },
      { field: 'followers', action: 'removed', removed_value: { gid: '99', name: 'Ada', email: 'a@b.org' } },
    ],
    [
      'a text as value',
      'GPH7clnfp-OVdCi5ZYXTr97snvYVCFS-0wsrN8qXfYg',
      { field: 'name', action: 'changed', new_value: 'Ü' },
    ],
    [
      'a number as value',
      'cYXQVZCiacVZH0UG7u9XCR2hK7J-VfG3hMBi13bXCds',
      { field: 'x', action: 'changed', new_value: 5 },
    ],
    [
      'true as value',
      'gp0UKaatzrwJ1fjQOdqs5e4fvHiyUbsqMxPTFqEPA9g',
      { field: 'completed', action: 'changed', new_value: true },
    ],
    [
      'a list as value',
      'WkPuoD4ym6DOo8-pS-HA_LBQi9M9JQmirqywYYM1mQ8',
      { field: 'custom_fields', action: 'changed', new_value: [{ gid: '1' }, { gid: '2' }] },
      {
        field: 'custom_fields',
        action: 'changed',
        new_value: [
          { gid: 1, name: 'one' },
          { resource_type: 'enum_option', gid: '2' },
        ],
      },
    ],
    [
      'a list of enum values',
      'a4UjTGJ7yoZZqqLlQbMy_yBGlJ_Svum5kq1SFg8UgBU',
      {
        field: 'custom_fields',
        action: 'changed',
        new_value: { gid: '78', enum_value: [{ gid: '1' }, { gid: '2' }] },
      },
    ],
    [
      'an enum value without a gid',
      'UFoc6X0da4-nN5ktoebG6B3sDVkU3hiD7sb3WfsJTr4',
      { field: 'custom_fields', action: 'changed', new_value: { gid: '78', enum_value: { color: 'red' } } },
    ],
  ])('is the literal id of a change with %s', (_, id, change, polled = change) => {
    expect(eventIdOf({ ...changed, change })).toBe(id);
    expect(eventIdOf({ ...changed, type: 'task', change: polled })).toBe(id);
  });

  it.each([
    '2026-11-23T10:00:00.123Z',
    '2026-11-23T10:00:00.123+00:00',
    '2026-11-23T12:00:00.123+02:00',
    '2026-11-23T10:00:00.1230Z',
    '2026-11-23T10:00:00.123456789Z',
  ])('is the same for the time %s, and so is the sort key', (createdAt) => {
    const event = { ...changed, created_at: createdAt };
    expect(eventIdOf(event)).toBe(eventIdOf(changed));
    expect(keyOf({ subscription: 'sub_A', createdAt, eventId: 'x' }).sortKey).toBe(
      '2026-11-23T10:00:00.123Z#x',
    );
    const syncError = { action: 'sync_error', created_at: createdAt };
    expect(eventIdOf(syncError)).toBe(eventIdOf({ ...syncError, created_at: changed.created_at }));
  });

  it('is the same for a time with fewer decimals', () => {
    const ids = ['.120Z', '.12Z', '.12+00:00'].map((end) =>
      eventIdOf({ ...changed, created_at: `2026-11-23T10:00:00${end}` }),
    );
    expect(new Set(ids).size).toBe(1);
  });

  it('is the literal hash of the whole event if the time is not readable', () => {
    const event = {
      action: 'deleted',
      created_at: 'soon',
      resource: { gid: '34', resource_type: 'task' },
      user: { gid: '12', resource_type: 'user' },
      parent: null,
    };
    const id = 'GUjB4wqWItSQSImG63dUMSsoxNX_QTrw53iDDfnKFMU';
    expect(eventIdOf(event)).toBe(id);
    const user = { ...event.user, name: 'Ada' };
    expect(eventIdOf({ ...event, type: 'task', resource: { gid: '34', name: 'x' }, user })).toBe(id);
    expect(eventIdOf({ ...event, created_at: undefined })).not.toBe(id);
    expect(eventIdOf({ ...event, user: { gid: '13' } })).not.toBe(id);
  });

  it('is the literal hash of the whole event if its change is not an object', () => {
    const event = { ...changed, change: 'due_on' };
    expect(eventIdOf(event)).toBe('MAvr7bFDCc41OpDTx1U6X-2zwviPyvL_y1gXPZkUMNk');
    expect(eventIdOf({ ...event, change: 'name' })).not.toBe(eventIdOf(event));
    expect(eventIdOf({ ...event, change: [{ field: 'name' }] })).not.toBe(
      eventIdOf({ ...event, change: [{ field: 'due_on' }] }),
    );
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

  it('differs by every value without a gid, in every place', () => {
    const values = ['1', 1, true, false, '', 0, [], [null], {}, { a: '1' }, { a: 1 }, ['1'], { gid: '1' }];
    const all = values.flatMap((value) => [
      { ...changed, user: value },
      { ...changed, parent: value },
      { ...changed, change: { ...changed.change, new_value: value } },
      { ...changed, change: { ...changed.change, added_value: value } },
      { ...changed, change: { ...changed.change, removed_value: value } },
      { ...changed, change: { ...changed.change, new_value: { gid: '1', enum_value: value } } },
    ]);
    expect(new Set(all.map(eventIdOf)).size).toBe(all.length);
  });

  it('keeps the name and types of an object without a gid', () => {
    const named = (name: string) => ({ ...changed, change: { ...changed.change, new_value: { name } } });
    expect(eventIdOf(named('a'))).not.toBe(eventIdOf(named('b')));
  });

  it('is the same for a gid that is a number', () => {
    const { user, resource, ...event } = changed;
    const numbers = { ...event, user: { ...user, gid: 12 }, resource: { ...resource, gid: 34 } };
    expect(eventIdOf(numbers)).toBe(eventIdOf(changed));
  });

  it.each(['new_value', 'message'])('does not overflow the stack on a deep %s', (name) => {
    const deep = (end: string) => JSON.parse(`${'{"a":['.repeat(50_000)}${end}${']}'.repeat(50_000)}`);
    const event = (value: unknown) =>
      name === 'message'
        ? { action: 'sync_error', message: value }
        : { ...changed, change: { field: 'x', new_value: value } };
    expect(eventIdOf(event(deep('1')))).not.toBe(eventIdOf(event(deep('2'))));
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
    ['a time after the year 9999 in UTC', '9999-12-31T23:59:59-14:00'],
    ['a time before the year 0 in UTC', '0000-01-01T00:00:00+14:00'],
    ['a day that does not exist', '2026-13-45T10:00:00.000Z'],
    ['a text of more than 2,000 characters', `2026-11-23T10:00:00.${'1'.repeat(2_000)}Z`],
  ])('returns undefined for %s', (_, created_at) => {
    expect(createdAtOf({ created_at })).toBeUndefined();
  });
});
