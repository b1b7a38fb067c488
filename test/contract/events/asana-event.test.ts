import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type AsanaEvent, asanaEvent, busEvent, isKnown, parseBusEvent } from '../../../consumer/events.ts';

const every = {
  user: { gid: '12', resource_type: 'user' },
  created_at: '2026-11-23T12:00:00.000Z',
  resource: { gid: '34', resource_type: 'task', resource_subtype: 'default_task' },
  parent: null,
};

/** Forms that Asana documents, or that Asana was seen to send. */
const known: readonly [string, object][] = [
  ['a plain field', { ...every, action: 'changed', change: { field: 'due_on', action: 'changed' } }],
  [
    'a reference that was set',
    {
      ...every,
      action: 'changed',
      change: { field: 'assignee', action: 'changed', new_value: { gid: '5', resource_type: 'user' } },
    },
  ],
  [
    'a reference that was cleared',
    { ...every, action: 'changed', change: { field: 'assignee', action: 'changed', new_value: null } },
  ],
  [
    'a custom field with an option',
    {
      ...every,
      action: 'changed',
      change: {
        field: 'custom_fields',
        action: 'changed',
        new_value: {
          gid: '6',
          resource_type: 'custom_field',
          resource_subtype: 'enum',
          enum_value: { gid: '7', resource_type: 'enum_option' },
        },
      },
    },
  ],
  [
    'an added follower',
    {
      ...every,
      action: 'changed',
      change: { field: 'followers', action: 'added', added_value: { gid: '5', resource_type: 'user' } },
    },
  ],
  [
    'a removed follower',
    {
      ...every,
      action: 'changed',
      change: { field: 'followers', action: 'removed', removed_value: { gid: '5', resource_type: 'user' } },
    },
  ],
  [
    'a task added to a project',
    { ...every, action: 'added', parent: { gid: '9', resource_type: 'project' } },
  ],
  [
    'a task removed from a section',
    { ...every, action: 'removed', parent: { gid: '9', resource_type: 'section' } },
  ],
  ['a deletion', { ...every, action: 'deleted' }],
  ['an undeletion by Asana itself', { ...every, action: 'undeleted', user: null }],
  [
    'the form of the Events API',
    {
      ...every,
      type: 'task',
      action: 'changed',
      user: { gid: '12', name: 'Somebody' },
      resource: { gid: '34', name: 'x' },
    },
  ],
];

/** Forms that Asana may add in the future, or that it has sent once. */
const unknown: readonly [string, object][] = [
  ['a new action', { ...every, action: 'teleported' }],
  ['an event without a resource', { action: 'sync_error', message: 'lost', created_at: every.created_at }],
  [
    'a new form of change',
    { ...every, action: 'changed', change: { field: 'x', action: 'rotated', by: 90 } },
  ],
  ['members of unexpected types', { action: 7, resource: 'task', parent: [] }],
  ['an empty object', {}],
];

describe('the schema of an event', () => {
  it.each(known)('knows %s, and does not change it', (_, event) => {
    expect(asanaEvent.parse(event)).toEqual(event);
    expect(isKnown(event as AsanaEvent)).toBe(true);
  });

  it.each(unknown)('accepts %s as unknown, and does not change it', (_, event) => {
    expect(asanaEvent.parse(event)).toEqual(event);
    expect(isKnown(event as AsanaEvent)).toBe(false);
  });

  it('keeps unknown members and unknown resource types', () => {
    const event = {
      ...every,
      action: 'added',
      resource: { gid: '1', resource_type: 'hologram', depth: 3 },
      mood: '🙂',
    };
    expect(asanaEvent.parse(event)).toEqual(event);
    expect(isKnown(event)).toBe(true);
  });

  it.each([null, 'x', 5, []])('refuses %j, which is not an event', (value) => {
    expect(asanaEvent.safeParse(value).success).toBe(false);
  });

  it('lets TypeScript narrow the members by action', () => {
    const event: AsanaEvent = asanaEvent.parse(known[4]?.[1]);
    if (!isKnown(event) || event.action !== 'changed') throw new Error('not known');
    const { change } = event;
    if (change?.action !== 'added') throw new Error('not added');
    expect(change.added_value?.gid).toBe('5');
  });
});

const onBus = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  source: 'asana.webhooks',
  'detail-type': 'task.changed',
  account: '123456789012',
  time: '2026-11-23T12:00:00Z',
  region: 'eu-central-1',
  resources: [],
  detail: {
    id: 'gMDGXC5Z9cGb9vgPqUiGSVsxsYH4M1pVJ9jGqvfXxZk',
    subscription: 'sub_AAAAAAAAAAAAAAAAAAAAAA',
    webhook: { gid: '77', resource: '55', connection: 'default' },
    event: known[0]?.[1],
  },
};

describe('parseBusEvent()', () => {
  it('reads an event in the form of EventBridge', () => {
    expect(parseBusEvent(onBus)).toEqual(onBus);
  });

  it.each([
    ['another source', { ...onBus, source: 'aws.s3' }, 'source'],
    ['no event id', { ...onBus, detail: { ...onBus.detail, id: undefined } }, 'detail'],
    ['no detail', { ...onBus, detail: undefined }, 'detail'],
  ])('refuses an event with %s, and names the wrong member', (_, value, where) => {
    expect(() => parseBusEvent(value)).toThrow(where);
  });
});

it('the JSON schema for the registry is draft 4, and allows additional members', () => {
  const schema = z.toJSONSchema(busEvent, { target: 'draft-04' });
  expect(schema).toMatchObject({
    $schema: 'http://json-schema.org/draft-04/schema#',
    type: 'object',
    additionalProperties: {},
    required: ['id', 'source', 'detail-type', 'time', 'detail'],
  });
});
