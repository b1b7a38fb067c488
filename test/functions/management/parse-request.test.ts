import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../functions/management/parse-request.ts';

/** The request in the form of its payload. */
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
  it('takes a create call with every parameter', () => {
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

  it('takes filters as Asana returns them, with null for what is not set', () => {
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
      'filters[0] must say something',
    );
    const bare = { operation: 'createWebhook', connection: 'default', resource: '1' };
    expect(parsePayload({ ...bare, filters: null })).toEqual(bare);
  });

  it('takes a list call with every parameter', () => {
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

  it('names the default connection where a call needs one', () => {
    expect(parsePayload({ operation: 'createWebhook', resource: '1' })).toMatchObject({
      connection: 'default',
    });
    expect(parsePayload({ operation: 'getWebhook', webhookGid: '1' })).not.toHaveProperty('connection');
  });

  it('takes a subscription id where a webhook is named', () => {
    expect(parsePayload({ operation: 'deleteWebhook', webhookGid: subscription })).toBeTruthy();
  });

  it('takes fields as one text, as the official client does', () => {
    const payload = { operation: 'getWebhook', webhookGid: '1', optFields: 'target, resource.name' };
    expect(parsePayload(payload)).toMatchObject({ optFields: ['target', 'resource.name'] });
  });

  it('takes an empty list of filters, which Asana may take to clear them', () => {
    expect(parsePayload({ operation: 'updateWebhook', webhookGid: '1', filters: [] })).toMatchObject({
      filters: [],
    });
  });

  it.each([undefined, null, 'getWebhooks', 5, []])('refuses %j, which is no object', (payload) => {
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
      'half a limit',
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
      'no address',
      { operation: 'createWebhook', resource: '1', target: 'here' },
      'target must be an http(s) address',
    ],
    [
      'another scheme',
      { operation: 'createWebhook', resource: '1', target: 'ftp://x.org' },
      'target must be an http(s) address',
    ],
    [
      'a field that is no name',
      { operation: 'getWebhook', webhookGid: '1', optFields: ['a&b'] },
      'optFields[0] must be the name of a field',
    ],
    [
      'snake case',
      { operation: 'getWebhook', webhook_gid: '1' },
      'webhook_gid is not known (did you mean webhookGid?)',
    ],
    [
      'an unknown parameter',
      { operation: 'getWebhook', webhookGid: '1', x: 1 },
      'x is not known (there are connection, webhookGid',
    ],
    [
      'camel case in a filter',
      create({ resourceType: 'task' }),
      'filters[0].resourceType is not known (did you mean resource_type?)',
    ],
    ['an unknown action', create({ action: 'touched' }), 'filters[0].action must be one of changed, added'],
    [
      'fields without changed',
      create({ action: 'added', fields: ['name'] }),
      'filters[0] may have fields only with the action "changed"',
    ],
    ['no fields in fields', create({ action: 'changed', fields: [] }), 'filters[0].fields must name a field'],
    ['an empty filter', create({}), 'filters[0] must say something'],
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
  ])('takes %s without parameters, and has defaults', (operation, defaults) => {
    expect(parsePayload({ operation })).toEqual({ operation, ...defaults });
  });

  it('takes every parameter of the operations on events', () => {
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
    ['a day for a time', { operation: 'listEvents', from: '2026-11-23' }, 'from must be a time such as'],
    ['a number for a time', { operation: 'listEvents', to: 5 }, 'to must be text'],
    [
      'a time before its beginning',
      { operation: 'replayEvents', from: '2026-11-23T10:00:00Z', to: '2026-11-23T09:00:00Z' },
      'from must not be later than to',
    ],
    [
      'a rate of nothing',
      { operation: 'replayEvents', eventsPerSecond: 0 },
      'eventsPerSecond must be 1 to 500',
    ],
    ['a huge page', { operation: 'listEvents', limit: 1_001 }, 'limit must be 1 to 1000'],
    [
      'another id',
      { operation: 'getEvent', webhookGid: '1', eventId: '1' },
      'eventId must be an event id, 43 characters',
    ],
    ['an event of nobody', { operation: 'getEvent', eventId: 'e'.repeat(43) }, 'webhookGid is missing'],
    [
      'an unknown parameter',
      { operation: 'listDeadLetters', causes: 'x' },
      'causes is not known (there are queue',
    ],
  ])('refuses %s and says what to do', (_, payload, expected) => {
    expect(messageOf(payload)).toContain(expected);
  });

  it('tells every problem at once', () => {
    const message = messageOf({ operation: 'createWebhook', target: 'x', limit: 1 });
    expect(message).toContain('resource is missing');
    expect(message).toContain('target must be');
    expect(message).toContain('limit is not known');
  });

  it('does not quote what it refuses', () => {
    expect(
      messageOf({ operation: 'createWebhook', resource: 'hunter2', connection: 'a secret?' }),
    ).not.toMatch(/hunter2|a secret/);
  });
});
