import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { StorageUnavailable } from '../../../core/errors.ts';
import { type Hook, newHookKey } from '../../../core/hook.ts';
import { decryptSecret, encryptSecret } from '../../../core/hook-secret.ts';
import { createHookLookup, type VerifiableHook } from '../../../core/receiving/lookup.ts';
import { maxBodyBytes, type ReceiveRequest, receive } from '../../../core/receiving/receive.ts';
import { type RefusalReason, statusOf } from '../../../core/receiving/refusal.ts';
import { timeOf } from '../../../core/time-budget.ts';
import type { UnreadableReason } from '../../../core/unreadable-event.ts';
import { createCache } from '../../../functions/runtime/cache.ts';
import { createMemoryEncryptionKeys, encryptionKey } from '../../memory/encryption-keys.ts';
import { createMemoryEventLog, type MemoryEventLog } from '../../memory/event-log.ts';
import { createMemoryRegistry, type MemoryRegistry } from '../../memory/registry.ts';
import { hookOf } from '../hooks.ts';

const start = new Date('2026-11-23T10:00:00.000Z');
const retentionMs = 30 * 24 * 3_600_000;
const secret = 'b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81';
const otherSecret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const changedTask = {
  user: { gid: '12', resource_type: 'user' },
  created_at: '2026-11-23T09:59:59.000Z',
  action: 'changed',
  resource: { gid: '34', resource_type: 'task' },
  parent: null,
  change: { field: 'due_on', action: 'changed' },
};

let now: Date;
let registry: MemoryRegistry;
let eventLog: MemoryEventLog;
let calls: string[];

beforeEach(() => {
  now = start;
  registry = createMemoryRegistry(() => now);
  eventLog = createMemoryEventLog();
  calls = [];
});

function services() {
  const encryptionKeys = createMemoryEncryptionKeys();
  const counted = { ...registry, find: counting('find', registry.find) };
  const cache = createCache<VerifiableHook>(
    { maxEntries: 10, ttlMs: 90_000, negativeTtlMs: 10_000 },
    () => now,
  );
  return {
    registry: { ...counted, noteArrival: counting('noteArrival', registry.noteArrival) },
    encryptionKeys,
    lookup: createHookLookup(counted, encryptionKeys, cache),
    eventLog: { append: counting('append', eventLog.append) },
    now: () => now,
    // Storage that hangs never returns. All other storage returns before the remaining time ends.
    schedule: () => () => undefined,
    retentionMs,
  };
}

function counting<A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) {
  return (...args: A): Promise<R> => {
    calls.push(name);
    return call(...args);
  };
}

function webhook(changes: Partial<Hook> = {}): Hook {
  const made = hookOf();
  const row: Hook = {
    ...made,
    status: 'active',
    webhookGid: '77',
    encryptedSecret: encryptSecret(secret, made.hookKey, encryptionKey),
    ...changes,
  };
  registry.setHook(row);
  return row;
}

function registering(changes: Partial<Hook> = {}): Hook {
  return webhook({ status: 'registering', webhookGid: undefined, encryptedSecret: undefined, ...changes });
}

function request(changes: Partial<ReceiveRequest>): ReceiveRequest {
  return {
    method: 'POST',
    hookKey: newHookKey(),
    secret: undefined,
    signature: undefined,
    body: Buffer.from('{}'),
    time: timeOf(5_000, () => now),
    ...changes,
  };
}

function handshake(to: Hook, sent = secret): ReceiveRequest {
  return request({ hookKey: to.hookKey, secret: sent });
}

function delivery(to: Hook, events: unknown, changes: Partial<ReceiveRequest> = {}): ReceiveRequest {
  return signed(to, Buffer.from(JSON.stringify({ events })), changes);
}

function signed(to: Hook, body: Buffer, changes: Partial<ReceiveRequest> = {}): ReceiveRequest {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return request({ hookKey: to.hookKey, body, signature, ...changes });
}

function refusal(reason: RefusalReason) {
  return { kind: 'refused', reason };
}

/** Matches a list of `count` event ids. */
const idsOf = (count: number) => expect.objectContaining({ length: count });

describe('receive() of a handshake', () => {
  it('echoes the secret and stores it encrypted', async () => {
    const row = registering();
    expect(await receive(handshake(row), services())).toEqual({ kind: 'handshake', secret });
    const stored = registry.getHook(row.hookKey)?.encryptedSecret ?? '';
    expect(stored).not.toContain(secret);
    expect(decryptSecret(stored, row.hookKey, encryptionKey)).toBe(secret);
  });

  it('echoes the same secret again', async () => {
    const row = registering();
    const receiver = services();
    await receive(handshake(row), receiver);
    const stored = registry.getHook(row.hookKey);
    expect(await receive(handshake(row), receiver)).toEqual({ kind: 'handshake', secret });
    expect(registry.getHook(row.hookKey)).toEqual(stored);
  });

  it('is recognised by its secret, even if the request also carries a signed delivery', async () => {
    const row = registering();
    const both = { ...delivery(row, [changedTask]), secret };
    expect(await receive(both, services())).toEqual({ kind: 'handshake', secret });
    expect(eventLog.events.size).toBe(0);
  });

  it('ignores the body, however large', async () => {
    const row = registering();
    const large = { ...handshake(row), body: Buffer.alloc(maxBodyBytes + 1) };
    expect(await receive(large, services())).toEqual({ kind: 'handshake', secret });
  });

  it.each<[string, RefusalReason, () => Hook, string?]>([
    [
      'with another secret',
      'handshake-with-another-secret',
      () => registering(encryptedBy(secret)),
      otherSecret,
    ],
    ['after its window', 'handshake-window-closed', () => registering({ windowClosesAt: start })],
    ['for an active webhook', 'handshake-after-confirmation', () => webhook()],
    [
      'for an active webhook with another secret',
      'handshake-after-confirmation',
      () => webhook(),
      otherSecret,
    ],
    [
      'for a webhook that is being deleted',
      'handshake-after-confirmation',
      () => webhook({ status: 'deleting' }),
    ],
    ['for a deleted webhook', 'deleted-webhook', () => webhook({ status: 'deleted' })],
    ['with an empty secret', 'malformed-secret', () => registering(), ''],
    ['with a short secret', 'malformed-secret', () => registering(), 'x'.repeat(15)],
    ['with a huge secret', 'malformed-secret', () => registering(), 'x'.repeat(513)],
    ['with white space in its secret', 'malformed-secret', () => registering(), 'sixteen characters'],
    ['with a secret that is not ASCII', 'malformed-secret', () => registering(), 'é'.repeat(32)],
  ])('is refused %s and changes nothing', async (_, reason, make, sent) => {
    const row = make();
    expect(await receive(handshake(row, sent), services())).toMatchObject(refusal(reason));
    expect(registry.getHook(row.hookKey)).toEqual(row);
  });

  it('is accepted until the last moment of the window', async () => {
    const row = registering();
    now = new Date(start.getTime() + 600_000 - 1);
    expect(await receive(handshake(row), services())).toMatchObject({ kind: 'handshake' });
    now = new Date(start.getTime() + 600_000);
    expect(await receive(handshake(row), services())).toMatchObject(refusal('handshake-window-closed'));
  });

  it('is refused for an unknown hook key and creates no row', async () => {
    expect(await receive(request({ secret }), services())).toMatchObject(refusal('unknown-webhook'));
    expect(registry.hooks()).toEqual([]);
  });

  it('accepts only the first of many different secrets', async () => {
    const row = registering();
    const receiver = services();
    const secrets = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(32, 'a'));
    const outcomes = await Promise.all(secrets.map((sent) => receive(handshake(row, sent), receiver)));
    expect(outcomes.filter(({ kind }) => kind === 'handshake')).toHaveLength(1);
  });
});

/** Encrypts the secret for the row that it is spread into, as soon as the hook key is known. */
function encryptedBy(text: string): Partial<Hook> {
  const hookKey = newHookKey();
  return { hookKey, encryptedSecret: encryptSecret(text, hookKey, encryptionKey) };
}

describe('receive() of a delivery', () => {
  it('stores each event under subscription and event id', async () => {
    const row = webhook();
    const added = { ...changedTask, action: 'added', parent: { gid: '1', resource_type: 'project' } };
    const outcome = await receive(delivery(row, [changedTask, added]), services());
    expect(outcome).toMatchObject({ kind: 'delivery', eventIds: idsOf(2), tooOld: 0 });
    expect([...eventLog.events.values()]).toMatchObject([
      {
        subscription: row.subscription,
        webhookGid: '77',
        connection: 'default',
        watched: '1',
        event: changedTask,
      },
      { event: added },
    ]);
  });

  it('stores two equal events as one event', async () => {
    const row = webhook();
    const outcome = await receive(delivery(row, [changedTask, { ...changedTask, type: 'task' }]), services());
    expect(outcome).toMatchObject({ eventIds: idsOf(1) });
    expect(eventLog.events.size).toBe(1);
  });

  it('stores a repeated delivery once', async () => {
    const row = webhook();
    const receiver = services();
    for (let index = 0; index < 5; index += 1) await receive(delivery(row, [changedTask]), receiver);
    expect(eventLog.events.size).toBe(1);
  });

  it.each([
    ['an unknown action', { ...changedTask, action: 'teleported', by: ['beam'] }],
    ['an unknown resource type', { ...changedTask, resource: { gid: '9', resource_type: 'hologram' } }],
    ['no resource', { action: 'sync_error', message: 'lost', created_at: '2026-11-23T09:00:00.000Z' }],
    ['no user', { ...changedTask, user: null }],
    ['no time', { ...changedTask, created_at: undefined }],
    ['unknown members', { ...changedTask, extra: { deep: [1, null, 'ü'] } }],
    ['no members', {}],
  ])('stores an event with %s unchanged', async (_, event) => {
    const row = webhook();
    expect(await receive(delivery(row, [event]), services())).toMatchObject({
      kind: 'delivery',
      eventIds: idsOf(1),
    });
    const stored = [...eventLog.events.values()][0]?.event;
    expect(JSON.stringify(stored)).toBe(JSON.stringify(event));
  });

  it('stores 1,000 events', async () => {
    const row = webhook();
    const events = Array.from({ length: 1_000 }, (_, index) => ({
      ...changedTask,
      resource: { gid: `${index}`, resource_type: 'task' },
    }));
    expect(await receive(delivery(row, events), services())).toMatchObject({ eventIds: idsOf(1_000) });
    expect(eventLog.events.size).toBe(1_000);
  });

  it('ignores an event older than the retention of the event log, and stores the others', async () => {
    const row = webhook();
    const old = { ...changedTask, created_at: '2026-10-24T09:59:59.999Z' };
    const justYoung = { ...changedTask, created_at: '2026-10-24T10:00:00.000Z' };
    const outcome = await receive(delivery(row, [old, justYoung]), services());
    expect(outcome).toMatchObject({ kind: 'delivery', eventIds: idsOf(1), tooOld: 1 });
  });

  it('accepts odd but valid JSON if its bytes are signed', async () => {
    const row = webhook();
    const body = Buffer.from(
      '\t{ "events" :\r\n[ {"action":"x","action":"y","n":"\\u00e9 ü 😀"} ] , "more": 1 }  ',
    );
    expect(await receive(signed(row, body), services())).toMatchObject({ eventIds: idsOf(1) });
    expect([...eventLog.events.values()][0]?.event).toEqual({ action: 'y', n: 'é ü 😀' });
  });

  it('accepts deliveries while a deletion is not confirmed', async () => {
    const row = webhook({ status: 'deleting' });
    expect(await receive(delivery(row, [changedTask]), services())).toMatchObject({ eventIds: idsOf(1) });
  });

  it.each<[string, RefusalReason, () => ReceiveRequest]>([
    [
      'for an unknown hook key',
      'unknown-webhook',
      () => delivery({ ...webhook(), hookKey: newHookKey() }, []),
    ],
    [
      'for a path that is not a hook key',
      'unknown-webhook',
      () => delivery({ ...webhook(), hookKey: '../x' }, []),
    ],
    [
      'for a deleted webhook',
      'deleted-webhook',
      () => delivery(webhook({ status: 'deleted' }), [changedTask]),
    ],
    ['without a signature', 'unsigned', () => delivery(webhook(), [changedTask], { signature: undefined })],
    [
      'with a wrong signature',
      'wrong-signature',
      () => delivery(webhook(), [], { signature: 'a'.repeat(64) }),
    ],
    ['with a short signature', 'wrong-signature', () => delivery(webhook(), [], { signature: 'ab' })],
    ['with an empty signature', 'wrong-signature', () => delivery(webhook(), [], { signature: '' })],
    [
      'with a tampered body',
      'wrong-signature',
      () => ({ ...delivery(webhook(), []), body: Buffer.from('{"events": []}') }),
    ],
    [
      "signed with another webhook's secret",
      'wrong-signature',
      () => delivery(webhook(encryptedBy(otherSecret)), []),
    ],
    ['before any handshake', 'wrong-signature', () => delivery(registering(), [changedTask])],
    [
      'before the secret is confirmed',
      'not-yet-confirmed',
      () => delivery(registering(encryptedBy(secret)), [changedTask]),
    ],
    ['that is not JSON', 'not-json', () => signed(webhook(), Buffer.from('events=1'))],
    ['that is white space', 'not-json', () => signed(webhook(), Buffer.from(' '))],
    ['that is not UTF-8', 'not-json', () => signed(webhook(), Buffer.from([0x7b, 0xff, 0x7d]))],
    ['that is an array', 'no-events-array', () => signed(webhook(), Buffer.from('[]'))],
    ['that is null', 'no-events-array', () => signed(webhook(), Buffer.from('null'))],
    ...[{ 0: changedTask }, 'events', '', 0, false, true].map(
      (events): [string, RefusalReason, () => ReceiveRequest] => [
        `whose events are ${JSON.stringify(events)}`,
        'no-events-array',
        () => delivery(webhook(), events),
      ],
    ),
    [
      'with a wrong signature and bad events',
      'wrong-signature',
      () => delivery(webhook(), [null, 7], { signature: 'a'.repeat(64) }),
    ],
    [
      'with bad events before the secret is confirmed',
      'not-yet-confirmed',
      () => delivery(registering(encryptedBy(secret)), [null]),
    ],
    ['over the limit', 'body-too-large', () => signed(webhook(), Buffer.alloc(maxBodyBytes + 1))],
    ['by GET', 'wrong-method', () => delivery(webhook(), [], { method: 'GET' })],
    ['by PUT', 'wrong-method', () => delivery(webhook(), [], { method: 'PUT' })],
  ])('is refused %s and changes nothing', async (_, reason, make) => {
    const sent = make();
    const before = registry.hooks();
    const outcome = await receive(sent, services());
    expect(outcome).toMatchObject(refusal(reason));
    expect(statusOf(reason)).toBeGreaterThanOrEqual(400);
    expect(eventLog.events.size + eventLog.unreadable.size).toBe(0);
    expect(registry.hooks()).toEqual(before);
  });
});

/** JSON with so many levels. The innermost level is an empty list. */
const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}[]${'}'.repeat(levels - 1)}`;

describe('receive() of a delivery with bad events', () => {
  const good = JSON.stringify(changedTask);
  const withItems = (to: Hook, ...items: readonly string[]) =>
    signed(to, Buffer.from(`{"events":[${items.join()}]}`));
  const unreadable = () => [...eventLog.unreadable.values()];

  it.each<[string, UnreadableReason, string]>([
    ['null', 'NotAnObject', 'null'],
    ['a number', 'NotAnObject', '7'],
    ['a text', 'NotAnObject', '"changed"'],
    ['false', 'NotAnObject', 'false'],
    ['a list', 'NotAnObject', '[{"action":"changed"}]'],
    ['a list of 20,000 levels', 'NotAnObject', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['501 levels', 'TooDeep', nested(501)],
    ['5,000 levels', 'TooDeep', nested(5_000)],
    ['20,000 levels', 'TooDeep', nested(20_000)],
    ['a resource and 20,000 levels', 'TooDeep', `${good.slice(0, -1)},"x":${nested(20_000)}}`],
  ])('with %s stores the good events, and the bad event with its body', async (_, reason, item) => {
    const row = webhook();
    const outcome = await receive(withItems(row, item, good), services());
    const [stored] = unreadable();
    const { eventId = '' } = stored ?? {};
    expect(outcome).toMatchObject({
      kind: 'delivery',
      eventIds: idsOf(1),
      unreadable: [{ eventId, reason }],
      tooOld: 0,
    });
    expect([...eventLog.events.values()].map(({ event }) => event)).toEqual([changedTask]);
    expect(unreadable()).toEqual([
      {
        subscription: row.subscription,
        webhookGid: '77',
        connection: 'default',
        watched: '1',
        eventId: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        reason,
        body: item,
      },
    ]);
  });

  it('stores an event of 500 levels as an event', async () => {
    expect(await receive(withItems(webhook(), nested(500)), services())).toMatchObject({
      eventIds: idsOf(1),
      unreadable: [],
    });
  });

  it.each<[string, UnreadableReason, string]>([
    ['an event', 'TooLarge', `{"x":"${'x'.repeat(392 * 1024)}"}`],
    ['an event whose numbers grow', 'TooLarge', `{"x":[${'1e20,'.repeat(18_300)}0]}`],
    ['an event of 4 MB whose numbers grow', 'TooLarge', `{"x":[${'1e20,'.repeat(838_000)}0]}`],
    ['a text', 'NotAnObject', `"${'ü'.repeat(300 * 1024)}"`],
    ['a list whose numbers grow', 'NotAnObject', `[${'1e20,'.repeat(18_300)}0]`],
    ['an event of 1,000,000 levels', 'TooDeep', `{"x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`],
  ])('stores %s that does not fit into a row without its body', async (_, reason, item) => {
    const outcome = await receive(withItems(webhook(), good, item), services());
    expect(outcome).toMatchObject({ eventIds: idsOf(1), unreadable: [{ reason }] });
    expect(unreadable().map(({ body }) => body)).toEqual([undefined]);
  });

  it('stores the largest event as an event', async () => {
    const largest = `{"x":"${'x'.repeat(392 * 1024 - 8)}"}`;
    expect(await receive(withItems(webhook(), largest), services())).toMatchObject({ unreadable: [] });
    const grown = `{"x":[${'1e20,'.repeat(18_245)}0]}`;
    expect(JSON.stringify(JSON.parse(grown)).length).toBeGreaterThan(391 * 1024);
    expect(await receive(withItems(webhook(), grown), services())).toMatchObject({ unreadable: [] });
  });

  it('stores a bad event once, in whatever batch it comes again', async () => {
    const row = webhook();
    const receiver = services();
    const bad = ['null', '7', '{"b":[1],"a":null}'].map((item) => item.replace('[1]', nested(600)));
    await receive(withItems(row, ...bad, good, 'null'), receiver);
    const first = unreadable();
    expect(first).toHaveLength(3);
    await receive(withItems(row, 'null'), receiver);
    await receive(withItems(row, ...[...bad].reverse()), receiver);
    expect(unreadable()).toEqual(first);
    await receive(withItems(row, '"7"', '8', '[null]', '{"a":[{}]}'.replace('{}', nested(600))), receiver);
    expect(unreadable()).toHaveLength(7);
  });

  it('gives a bad event the id that the same event has in a good form', async () => {
    const row = webhook();
    const large = JSON.stringify({ ...changedTask, x: 'x'.repeat(400 * 1024) });
    const outcome = await receive(withItems(row, large, good), services());
    expect(outcome).toMatchObject({ eventIds: [unreadable()[0]?.eventId] });
  });

  it('ignores a bad event older than the retention of the event log', async () => {
    const old = JSON.stringify({ ...changedTask, created_at: '2026-10-24T09:59:59.999Z' });
    const sent = withItems(webhook(), `${old.slice(0, -1)},"x":${nested(600)}}`);
    expect(await receive(sent, services())).toMatchObject({ tooOld: 1, unreadable: [], eventIds: [] });
  });

  it('is accepted if it has only bad events, and refused if they cannot be stored', async () => {
    const row = webhook();
    expect(await receive(withItems(row, 'null'), services())).toMatchObject({
      kind: 'delivery',
      eventIds: [],
    });
    const down = { append: () => Promise.reject(new StorageUnavailable('Could not write')) };
    expect(await receive(withItems(row, 'null'), { ...services(), eventLog: down })).toMatchObject(
      refusal('storage-failed'),
    );
  });
});

describe('receive() of a heartbeat', () => {
  it('stores liveness and nothing else', async () => {
    const row = webhook();
    expect(await receive(delivery(row, []), services())).toMatchObject({ kind: 'heartbeat' });
    expect(registry.getHook(row.hookKey)?.lastHeartbeatAt).toEqual(now);
    expect(eventLog.events.size).toBe(0);
  });

  it.each([
    ['an empty body', ''],
    ['no events', '{}'],
    ['other members', '{"event":[{}]}'],
    ['null as events', '{"events":null}'],
    ['an empty list in white space', ' { "events" : [ ] } '],
  ])('is recognised by its signature if it has %s', async (_, body) => {
    const row = webhook();
    expect(await receive(signed(row, Buffer.from(body)), services())).toMatchObject({ kind: 'heartbeat' });
    expect(registry.getHook(row.hookKey)?.lastHeartbeatAt).toEqual(now);
    expect(eventLog.events.size).toBe(0);
  });

  it('is accepted during the create call, because Asana sends the first heartbeat then', async () => {
    expect(await receive(delivery(registering(encryptedBy(secret)), []), services())).toMatchObject({
      kind: 'heartbeat',
    });
  });

  it('that is unsigned is answered and changes nothing, not even liveness', async () => {
    const row = webhook();
    const unsigned = { ...delivery(row, []), signature: undefined };
    expect(await receive(unsigned, services())).toMatchObject({ kind: 'unsigned-heartbeat' });
    expect(registry.getHook(row.hookKey)).toEqual(row);
  });

  it.each([
    ['for an unknown webhook', () => ({ hookKey: newHookKey() }), 'unknown-webhook'],
    ['for a deleted webhook', () => webhook({ status: 'deleted' }), 'deleted-webhook'],
  ] as const)('that is unsigned is refused %s', async (_, make, reason) => {
    const sent = request({ hookKey: make().hookKey, body: Buffer.from('{"events":[]}') });
    expect(await receive(sent, services())).toMatchObject(refusal(reason));
  });

  it.each([
    ['without an events array', '{}'],
    ['without a body', ''],
    ['with null as events', '{"events":null}'],
    ['with an event', '{"events":[{}]}'],
    ['with a bad event', '{"events":[null]}'],
    ['with more than 1,024 bytes', `{"events":[]${' '.repeat(1_024)}}`],
  ])('that is unsigned and %s is not a heartbeat', async (_, body) => {
    const sent = request({ hookKey: webhook().hookKey, body: Buffer.from(body) });
    expect(await receive(sent, services())).toMatchObject(refusal('unsigned'));
  });
});

describe('receive() and the memory of a container', () => {
  it('reads the webhook once and writes liveness once a minute', async () => {
    const row = webhook();
    const receiver = services();
    await receive(delivery(row, [changedTask]), receiver);
    expect(calls.sort()).toEqual(['append', 'find', 'noteArrival']);
    calls = [];
    now = new Date(start.getTime() + 59_999);
    await receive(delivery(row, [changedTask]), receiver);
    expect(calls).toEqual(['append']);
    calls = [];
    now = new Date(start.getTime() + 60_000);
    await receive(delivery(row, [changedTask]), receiver);
    expect(calls.sort()).toEqual(['append', 'noteArrival']);
  });

  it('reads a busy webhook again after its TTL, so that a deletion takes effect', async () => {
    const row = webhook();
    const receiver = services();
    for (const seconds of [0, 30, 60, 89]) {
      now = new Date(start.getTime() + seconds * 1_000);
      await receive(delivery(row, [changedTask]), receiver);
    }
    await registry.transition(row.hookKey, ['active'], 'deleted', {});
    now = new Date(start.getTime() + 91_000);
    expect(await receive(delivery(row, [changedTask]), receiver)).toMatchObject(refusal('deleted-webhook'));
  });

  it('reads the row again before it refuses a signature: the cached secret may be old', async () => {
    const row = webhook();
    const receiver = services();
    await receive(delivery(row, []), receiver);
    calls = [];
    expect(await receive(delivery(row, [], { signature: 'a'.repeat(64) }), receiver)).toMatchObject(
      refusal('wrong-signature'),
    );
    expect(calls).toEqual(['find']);
    registry.setHook({
      ...row,
      encryptedSecret: encryptSecret(otherSecret, row.hookKey, encryptionKey),
    });
    const body = Buffer.from('{"events":[]}');
    const signature = createHmac('sha256', otherSecret).update(body).digest('hex');
    expect(await receive(request({ hookKey: row.hookKey, body, signature }), receiver)).toMatchObject({
      kind: 'heartbeat',
    });
  });

  it('caches that a hook key is unknown', async () => {
    const receiver = services();
    const sent = request({ signature: 'a'.repeat(64) });
    await receive(sent, receiver);
    await receive(sent, receiver);
    expect(calls).toEqual(['find']);
  });

  it('sees a registering webhook become active at once', async () => {
    const row = registering();
    const receiver = services();
    await receive(handshake(row), receiver);
    expect(await receive(delivery(row, [changedTask]), receiver)).toMatchObject(refusal('not-yet-confirmed'));
    await registry.transition(row.hookKey, ['registering'], 'active', { webhookGid: '77' });
    expect(await receive(delivery(row, [changedTask]), receiver)).toMatchObject({
      kind: 'delivery',
      eventIds: idsOf(1),
    });
  });
});

describe('receive() when storage fails', () => {
  const broken = async (): Promise<never> => {
    throw new StorageUnavailable('Could not write: ThrottlingException');
  };

  it.each([
    ['the registry cannot be read', () => ({ lookup: { ...services().lookup, find: broken } })],
    ['the event log cannot be written', () => ({ eventLog: { append: broken } })],
  ])('refuses a delivery when %s', async (_, change) => {
    const row = webhook();
    const outcome = await receive(delivery(row, [changedTask]), { ...services(), ...change() });
    expect(outcome).toMatchObject({
      ...refusal('storage-failed'),
      detail: expect.stringContaining('Throttling'),
    });
    expect(statusOf('storage-failed')).toBe(503);
  });

  it('refuses a handshake when the secret cannot be stored', async () => {
    const row = registering();
    const receiver = services();
    const outcome = await receive(handshake(row), {
      ...receiver,
      registry: { ...receiver.registry, storeSecret: broken },
    });
    expect(outcome).toMatchObject(refusal('storage-failed'));
  });

  it('accepts a delivery whose liveness cannot be stored, and reports livenessLost', async () => {
    const row = webhook();
    const receiver = services();
    const outcome = await receive(delivery(row, [changedTask]), {
      ...receiver,
      registry: { ...receiver.registry, noteArrival: broken },
    });
    expect(outcome).toMatchObject({ kind: 'delivery', eventIds: idsOf(1), livenessLost: true });
  });

  it('refuses a delivery if its time is up and storage hangs', async () => {
    const row = webhook();
    const timers: { readonly ms: number; readonly run: () => void }[] = [];
    const schedule = (ms: number, run: () => void) => {
      timers.push({ ms, run });
      return () => undefined;
    };
    const hanging = { append: () => new Promise<never>(() => undefined) };
    const sent = delivery(row, [changedTask], { time: timeOf(20, () => now) });
    const answer = receive(sent, { ...services(), schedule, eventLog: hanging });
    expect(timers).toMatchObject([{ ms: 20 }]);
    timers[0]?.run();
    expect(await answer).toMatchObject(refusal('storage-slow'));
    expect(statusOf('storage-slow')).toBe(503);
  });

  it('passes unexpected errors on', async () => {
    const row = webhook();
    const bug = { append: () => Promise.reject(new TypeError('a bug')) };
    await expect(receive(delivery(row, [changedTask]), { ...services(), eventLog: bug })).rejects.toThrow(
      TypeError,
    );
  });
});

describe('receive() for a hook that is not active', () => {
  it('takes a delivery of a replaced hook until acceptUntil, and refuses it from then on', async () => {
    const acceptUntil = new Date(start.getTime() + 3_600_000);
    const row = webhook({ status: 'deleted', acceptUntil });
    now = new Date(acceptUntil.getTime() - 1);
    expect(await receive(delivery(row, [changedTask]), services())).toMatchObject({ kind: 'delivery' });
    now = acceptUntil;
    expect(await receive(delivery(row, [changedTask]), services())).toMatchObject(refusal('deleted-webhook'));
  });

  it.each(['retiring', 'deleting'] as const)('takes a delivery of a %s hook', async (status) => {
    const row = webhook({ status });
    expect(await receive(delivery(row, [changedTask]), services())).toMatchObject({ kind: 'delivery' });
  });

  it('takes a heartbeat while the hook is being created, and refuses it with 410 after that call must have ended', async () => {
    const row = registering({ encryptedSecret: undefined });
    await receive(handshake(row), services());
    now = new Date(row.windowClosesAt.getTime() - 1);
    expect(await receive(delivery(row, []), services())).toMatchObject({ kind: 'heartbeat' });
    now = row.windowClosesAt;
    expect(await receive(delivery(row, []), services())).toMatchObject(refusal('registration-expired'));
    expect(statusOf('registration-expired')).toBe(410);
  });
});
