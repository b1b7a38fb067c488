import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../functions/management/parse-request.ts';

/** Returns the parsed request in the form of its payload. */
function parsePayload(payload: unknown): object {
  const { operation, parameters } = parseRequest(payload);
  return { operation, ...parameters };
}

const subscription = `sub_${'Ab3_-'.repeat(5).slice(0, 22)}`;

function messageOf(payload: unknown): string {
  try {
    parsePayload(payload);
  } catch (error) {
    expect(error).toMatchObject({ name: 'InvalidRequest' });
    return (error as Error).message;
  }
  throw new Error('the payload was taken');
}

describe('parseRequest()', () => {
  it('accepts a create call with every parameter', () => {
    const payload = {
      operation: 'createWebhook',
      connection: 'sales',
      resource: '1208',
      target: 'https://example.org/hook?x=1',
      external: true,
      filters: [
        { resource_type: 'task', resource_subtype: 'milestone', action: 'changed', fields: ['due_on'] },
        { resource_type: 'story', action: 'added' },
      ],
      idempotencyKey: 'k',
      optFields: ['resource.name', 'target'],
      optPretty: true,
    };
    expect(parsePayload(payload)).toEqual(payload);
  });

  it('accepts filters as Asana returns them, with null for members that are not set', () => {
    const unset = { resource_type: null, resource_subtype: null, action: null, fields: null };
    const filters = [
      { ...unset, resource_type: 'task', action: 'changed', fields: ['due_on'] },
      { ...unset, resource_type: 'story' },
    ];
    expect(parsePayload({ operation: 'updateWebhook', webhookGid: '1', filters })).toEqual({
      operation: 'updateWebhook',
      webhookGid: '1',
      filters: [{ resource_type: 'task', action: 'changed', fields: ['due_on'] }, { resource_type: 'story' }],
    });
    expect(messageOf({ operation: 'createWebhook', resource: '1', filters: [unset] })).toContain(
      'filters[0] must not be empty',
    );
    const bare = { operation: 'createWebhook', connection: 'default', resource: '1' };
    expect(parsePayload({ ...bare, filters: null })).toEqual(bare);
  });

  it.each([
    ['createWebhook', { resource: '1' }],
    ['ensureWebhook', { resource: '1' }],
    ['createWebhooks', { workspace: '1' }],
    ['updateWebhook', { webhookGid: '1' }],
  ])('%s accepts filters with null members, and refuses a filter that is null', (operation, parameters) => {
    const call = (filters: unknown) => ({ operation, ...parameters, filters });
    const full = { resource_type: 'task', resource_subtype: null, action: 'changed', fields: null };
    expect(parsePayload(call([full, { action: 'added', fields: undefined }]))).toMatchObject({
      filters: [{ resource_type: 'task', action: 'changed' }, { action: 'added' }],
    });
    expect(JSON.stringify(parsePayload(call([full])))).not.toContain('null');
    expect(messageOf(call([full, null]))).toContain('filters[1] must be an object such as {');
    expect(messageOf(call({}))).toContain('filters must be a list of filters');
    if (operation === 'updateWebhook') {
      expect(messageOf(call(null))).toContain('filters must be a list of filters');
    } else {
      expect(parsePayload(call(null))).not.toHaveProperty('filters.length');
    }
  });

  it('accepts a list call with every parameter', () => {
    const payload = {
      operation: 'getWebhooks',
      connection: 'sales',
      workspace: '5',
      resource: '1208',
      limit: 100,
      offset: 'eyJ0eXAi',
      all: true,
      optFields: ['target'],
      optPretty: false,
    };
    expect(parsePayload(payload)).toEqual(payload);
  });

  it('sets the connection "default" if a call needs a connection', () => {
    expect(parsePayload({ operation: 'createWebhook', resource: '1' })).toMatchObject({
      connection: 'default',
    });
    expect(parsePayload({ operation: 'getWebhook', webhookGid: '1' })).not.toHaveProperty('connection');
  });

  it('accepts a subscription id as webhookGid', () => {
    expect(parsePayload({ operation: 'deleteWebhook', webhookGid: subscription })).toBeTruthy();
  });

  it('accepts fields as a single text, as the official client does', () => {
    const payload = { operation: 'getWebhook', webhookGid: '1', optFields: 'target, resource.name' };
    expect(parsePayload(payload)).toMatchObject({ optFields: ['target', 'resource.name'] });
  });

  it('accepts an empty list of filters, which Asana may accept to clear the filters', () => {
    expect(parsePayload({ operation: 'updateWebhook', webhookGid: '1', filters: [] })).toMatchObject({
      filters: [],
    });
  });

  it.each([undefined, null, 'getWebhooks', 5, []])('refuses %j, which is not an object', (payload) => {
    expect(messageOf(payload)).toContain('must be a JSON object');
  });

  it.each([undefined, 'createwebhook', 'toString', '__proto__', 5])(
    'refuses the operation %j',
    (operation) => {
      expect(messageOf({ operation })).toContain(
        'operation must be one of createWebhook, getWebhook, getWebhooks, updateWebhook, deleteWebhook',
      );
    },
  );

  it.each<[string, object, string]>([
    ['a missing resource', { operation: 'createWebhook' }, 'resource is missing'],
    ['a number as gid', { operation: 'createWebhook', resource: 1208 }, 'resource must be text'],
    [
      'a name as gid',
      { operation: 'createWebhook', resource: 'Bugs' },
      "resource must be one of Asana's gids",
    ],
    [
      'a path as gid',
      { operation: 'getWebhook', webhookGid: '../users/me' },
      "webhookGid must be a webhook's gid",
    ],
    ['a missing workspace', { operation: 'getWebhooks' }, 'workspace is missing'],
    ['missing filters', { operation: 'updateWebhook', webhookGid: '1' }, 'filters is missing'],
    ['a limit of 0', { operation: 'getWebhooks', workspace: '5', limit: 0 }, 'limit must be 1 to 100'],
    ['a limit of 101', { operation: 'getWebhooks', workspace: '5', limit: 101 }, 'limit must be 1 to 100'],
    [
      'a limit of 1.5',
      { operation: 'getWebhooks', workspace: '5', limit: 1.5 },
      'limit must be a whole number',
    ],
    ['an empty offset', { operation: 'getWebhooks', workspace: '5', offset: '' }, 'offset must not be empty'],
    [
      'a connection with a slash',
      { operation: 'getWebhooks', workspace: '5', connection: 'a/b' },
      'connection must be',
    ],
    [
      'a target that is not an address',
      { operation: 'createWebhook', resource: '1', target: 'here' },
      'target must be an http(s) address',
    ],
    [
      'a target with another scheme',
      { operation: 'createWebhook', resource: '1', target: 'ftp://x.org' },
      'target must be an http(s) address',
    ],
    [
      'a field that is not a name',
      { operation: 'getWebhook', webhookGid: '1', optFields: ['a&b'] },
      'optFields[0] must be the name of a field',
    ],
    [
      'a parameter in snake case',
      { operation: 'getWebhook', webhook_gid: '1' },
      'webhook_gid is unknown (did you mean webhookGid?)',
    ],
    [
      'an unknown parameter',
      { operation: 'getWebhook', webhookGid: '1', x: 1 },
      'x is unknown (known names: connection, webhookGid',
    ],
    [
      'a filter member in camel case',
      create({ resourceType: 'task' }),
      'filters[0].resourceType is unknown (did you mean resource_type?)',
    ],
    ['an unknown action', create({ action: 'touched' }), 'filters[0].action must be one of changed, added'],
    [
      'fields without changed',
      create({ action: 'added', fields: ['name'] }),
      'filters[0] may have fields only with the action "changed"',
    ],
    ['no fields in fields', create({ action: 'changed', fields: [] }), 'filters[0].fields must name a field'],
    ['an empty filter', create({}), 'filters[0] must not be empty'],
    ['a filter that is text', create('task'), 'filters[0] must be an object'],
  ])('refuses %s and says what to do', (_, payload, expected) => {
    expect(messageOf(payload)).toContain(expected);
  });

  function create(filter: unknown): object {
    return { operation: 'createWebhook', resource: '1', filters: [filter] };
  }

  it.each([
    ['listEvents', { limit: 100 }],
    ['replayEvents', { eventsPerSecond: 100 }],
    ['listDeadLetters', { limit: 100 }],
    ['redriveDeadLetters', { limit: 100 }],
  ])('accepts %s without parameters, and sets defaults', (operation, defaults) => {
    expect(parsePayload({ operation })).toEqual({ operation, ...defaults });
  });

  it('accepts every parameter of the operations on events', () => {
    const filter = { webhookGid: subscription, resource: '7', action: 'changed' };
    const times = { from: '2026-11-23T10:00:00Z', to: '2026-11-23T12:00:00.5+02:00' };
    const read = { from: new Date('2026-11-23T10:00:00Z'), to: new Date('2026-11-23T10:00:00.500Z') };
    const replay = { replayId: 'r-1', consumer: 'billing', eventsPerSecond: 500, plan: true };
    expect(parsePayload({ operation: 'replayEvents', ...filter, ...times, ...replay })).toEqual({
      operation: 'replayEvents',
      ...filter,
      ...read,
      ...replay,
    });
    const page = { limit: 1_000, nextToken: 'x' };
    expect(parsePayload({ operation: 'listEvents', ...filter, ...times, ...page })).toEqual({
      operation: 'listEvents',
      ...filter,
      ...read,
      ...page,
    });
    const eventId = 'e'.repeat(43);
    const one = { operation: 'getEvent', webhookGid: '1', eventId };
    expect(parsePayload({ ...one, createdAt: times.from })).toEqual({ ...one, createdAt: read.from });
    const letters = { queue: 'billing', cause: 'AccessDenied', limit: 5 };
    expect(parsePayload({ operation: 'redriveDeadLetters', ...letters })).toEqual({
      operation: 'redriveDeadLetters',
      ...letters,
    });
  });

  it.each([
    ['a date without a time', { operation: 'listEvents', from: '2026-11-23' }, 'from must be a time such as'],
    ['a number for a time', { operation: 'listEvents', to: 5 }, 'to must be text'],
    [
      'a `to` before `from`',
      { operation: 'replayEvents', from: '2026-11-23T10:00:00Z', to: '2026-11-23T09:00:00Z' },
      'from must not be later than to',
    ],
    ['a rate of 0', { operation: 'replayEvents', eventsPerSecond: 0 }, 'eventsPerSecond must be 1 to 500'],
    ['a limit of 1001', { operation: 'listEvents', limit: 1_001 }, 'limit must be 1 to 1000'],
    [
      'an eventId of the wrong form',
      { operation: 'getEvent', webhookGid: '1', eventId: '1' },
      'eventId must be an event id, 43 characters',
    ],
    [
      'an event without its webhook',
      { operation: 'getEvent', eventId: 'e'.repeat(43) },
      'webhookGid is missing',
    ],
    [
      'an unknown parameter',
      { operation: 'listDeadLetters', causes: 'x' },
      'causes is unknown (known names: queue',
    ],
  ])('refuses %s and says what to do', (_, payload, expected) => {
    expect(messageOf(payload)).toContain(expected);
  });

  it('reports all problems in a single message', () => {
    const message = messageOf({ operation: 'createWebhook', target: 'x', limit: 1 });
    expect(message).toContain('resource is missing');
    expect(message).toContain('target must be');
    expect(message).toContain('limit is unknown');
  });

  it('does not quote refused values', () => {
    expect(
      messageOf({ operation: 'createWebhook', resource: 'hunter2', connection: 'a secret?' }),
    ).not.toMatch(/hunter2|a secret/);
  });
});
