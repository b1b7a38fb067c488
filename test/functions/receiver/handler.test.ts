import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Hook, newHookKey } from '../../../core/hook.ts';
import { encryptSecret } from '../../../core/hook-secret.ts';
import { encryptionKey } from '../../memory/encryption-keys.ts';
import { type Harness, secret, signatureOf, startHarness } from './harness.ts';

let harness: Harness;
let unique = 0;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
beforeEach(() => {
  harness.dynamodb.interfere(undefined);
  harness.dynamodb.calls.length = 0;
  harness.logs.length = 0;
});

/** Returns events that were not delivered before. */
function events(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, () => {
    unique += 1;
    return {
      user: { gid: '12', resource_type: 'user' },
      created_at: new Date().toISOString(),
      action: 'changed',
      resource: { gid: `${unique}`, resource_type: 'task' },
      parent: null,
      change: { field: 'due_on', action: 'changed' },
    };
  });
}

function body(count: number): string {
  return JSON.stringify({ events: events(count) });
}

function expectRefused(reason: string): void {
  expect(harness.refusals()).toEqual([reason]);
}

async function gidsStored(): Promise<readonly unknown[]> {
  return (await harness.storedEvents()).map(
    ({ resource }) => (resource as { gid?: string } | undefined)?.gid,
  );
}

describe('the receiver, as deployed', () => {
  it('echoes the secret of a handshake with an empty body', async () => {
    const { hookKey } = await harness.webhook({ status: 'registering', encryptedSecret: undefined });
    const answer = await harness.post(`/webhooks/${hookKey}`, '{}', { 'X-Hook-Secret': secret });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-hook-secret')).toBe(secret);
    expect(await answer.text()).toBe('');
    expect((await harness.row(hookKey))?.encryptedSecret).toBe(encryptSecret(secret, hookKey, encryptionKey));
  });

  it('stores the events of a signed delivery', async () => {
    const [event] = events(1);
    const answer = await harness.deliver(await harness.webhook(), JSON.stringify({ events: [event] }));
    expect(answer.status).toBe(200);
    expect(await harness.storedEvents()).toContainEqual(event);
  });

  it.each(['x-hook-signature', 'X-HOOK-SIGNATURE', 'x-Hook-siGnature'])(
    'accepts the header name %s',
    async (name) => {
      const { hookKey } = await harness.webhook();
      const sent = body(1);
      const answer = await harness.post(`/webhooks/${hookKey}`, sent, { [name]: signatureOf(sent) });
      expect(answer.status).toBe(200);
    },
  );

  it('accepts a base64 body from API Gateway, including non-ASCII bytes', async () => {
    const [event] = events(1);
    const sent = JSON.stringify({ events: [{ ...event, note: 'ü 日本 😀' }] });
    const answer = await harness.deliver(await harness.webhook(), sent, {
      'Content-Type': 'application/octet-stream',
    });
    expect(answer.status).toBe(200);
    expect(await harness.storedEvents()).toContainEqual({ ...event, note: 'ü 日本 😀' });
  });

  it('accepts an upper-case signature', async () => {
    const sent = body(1);
    const answer = await harness.deliver(await harness.webhook(), sent, {
      'X-Hook-Signature': signatureOf(sent).toUpperCase(),
    });
    expect(answer.status).toBe(200);
  });

  it('stores 1,000 events', async () => {
    const before = await gidsStored();
    const answer = await harness.deliver(await harness.webhook(), body(1_000));
    expect(answer.status).toBe(200);
    expect(await gidsStored()).toHaveLength(before.length + 1_000);
  });

  it('stores the good events of a delivery with bad ones, and counts the bad ones without their body', async () => {
    const [event] = events(1);
    const before = await harness.storedEvents();
    const deep = `{"private":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const large = `{"private":[${'1e20,'.repeat(100_000)}1]}`;
    const sent = `{"events":[null,7,${deep},${JSON.stringify(event)},${large},null]}`;
    const webhook = await harness.webhook();
    harness.dynamodb.calls.length = 0;
    expect((await harness.deliver(webhook, sent)).status).toBe(200);
    expect(harness.dynamodb.calls.filter((call) => call === 'BatchWriteItem')).toHaveLength(1);
    expect(await harness.storedEvents()).toContainEqual(event);
    expect(await harness.storedEvents()).toHaveLength(before.length + 5);
    const lines = harness.logs.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    expect(lines.find((line) => line.Deliveries)).toMatchObject({ EventsStored: 1, EventsUnreadable: 4 });
    expect(lines.find((line) => line.message === 'events cannot be read')).toMatchObject({
      level: 'WARN',
      webhookGid: '77',
      count: 4,
      reasons: 'NotAnObject TooDeep TooLarge',
      eventIds: expect.stringMatching(/^([\w-]{43} ){3}[\w-]{43}$/),
    });
    expect(harness.logs.join()).not.toContain('private');
    expectNothingSecret(harness.logs, webhook);
  });

  it('stores a delivery of the largest size', async () => {
    const before = await harness.storedEvents();
    const parts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(
      (part) => `{"part":${part},"x":"${'ü'.repeat(199_000)}"}`,
    );
    const rest = 4 * 1024 * 1024 - Buffer.byteLength(parts.join()) - 40;
    const sent = `{"events":[${parts.join()},{"x":"${'"'.padStart(rest, 'x')}}]}`;
    expect((await harness.deliver(await harness.webhook(), sent)).status).toBe(200);
    expect(await harness.storedEvents()).toHaveLength(before.length + 11);
  });

  it.each(['', '{}', '{"events":null}', '{"events":[]}'])('counts %j as a heartbeat', async (sent) => {
    const webhook = await harness.webhook();
    expect((await harness.deliver(webhook, sent)).status).toBe(200);
    expect(harness.logs.join()).toContain('"Heartbeats":1');
    expect(harness.logs.join()).not.toContain('"Deliveries":1');
    expect((await harness.row(webhook.hookKey))?.lastHeartbeatAt).toBeInstanceOf(Date);
  });

  it('answers signed and unsigned heartbeats', async () => {
    const webhook = await harness.webhook();
    expect((await harness.deliver(webhook, '{"events":[]}')).status).toBe(200);
    expect((await harness.post(`/webhooks/${webhook.hookKey}`, '{"events":[]}')).status).toBe(200);
    expect(harness.logs.join()).toContain('"Heartbeats":1');
    expect(harness.logs.join()).toContain('"UnsignedHeartbeats":1');
  });
});

describe('the receiver refuses', () => {
  interface Case {
    readonly name: string;
    readonly reason: string;
    readonly status: number;
    readonly webhook?: Partial<Hook>;
    readonly send: (to: Hook) => Promise<Response>;
  }
  const bare = { status: 'registering', encryptedSecret: undefined, webhookGid: undefined } as const;
  const shake = (to: Hook, sent = secret) =>
    harness.post(`/webhooks/${to.hookKey}`, '{}', { 'X-Hook-Secret': sent });
  const unsigned = (to: Hook) => harness.post(`/webhooks/${to.hookKey}`, body(1));
  const signedAs = (signature: string) => (to: Hook) =>
    harness.deliver(to, body(1), { 'X-Hook-Signature': signature });

  const cases: readonly Case[] = [
    {
      name: 'an unknown hook key',
      reason: 'unknown-webhook',
      status: 404,
      send: (to) => unsigned({ ...to, hookKey: newHookKey() }),
    },
    {
      name: 'a path that is not a hook key',
      reason: 'unknown-webhook',
      status: 404,
      send: (to) => unsigned({ ...to, hookKey: 'idempotency%2Fx' }),
    },
    {
      name: 'a handshake for an unknown hook key',
      reason: 'unknown-webhook',
      status: 404,
      send: (to) => shake({ ...to, hookKey: newHookKey() }),
    },
    {
      name: 'a handshake after its window',
      reason: 'handshake-window-closed',
      status: 403,
      webhook: { ...bare, windowClosesAt: new Date(0) },
      send: shake,
    },
    {
      name: 'a handshake for an active webhook',
      reason: 'handshake-after-confirmation',
      status: 403,
      send: (to) => shake(to, 'f'.repeat(32)),
    },
    {
      name: 'a handshake with another secret',
      reason: 'handshake-with-another-secret',
      status: 403,
      webhook: { status: 'registering' },
      send: (to) => shake(to, 'f'.repeat(32)),
    },
    {
      name: 'a handshake for a deleted webhook',
      reason: 'deleted-webhook',
      status: 410,
      webhook: { status: 'deleted' },
      send: shake,
    },
    {
      name: 'a malformed secret',
      reason: 'malformed-secret',
      status: 400,
      webhook: bare,
      send: (to) => shake(to, 'a b c d e f g h i j'),
    },
    {
      name: 'a huge secret',
      reason: 'malformed-secret',
      status: 400,
      webhook: bare,
      send: (to) => shake(to, 'f'.repeat(8_000)),
    },
    {
      name: 'a delivery for a deleted webhook',
      reason: 'deleted-webhook',
      status: 410,
      webhook: { status: 'deleted' },
      send: (to) => harness.deliver(to, body(1)),
    },
    { name: 'no signature', reason: 'unsigned', status: 401, send: unsigned },
    { name: 'a wrong signature', reason: 'wrong-signature', status: 401, send: signedAs('f'.repeat(64)) },
    { name: 'a short signature', reason: 'wrong-signature', status: 401, send: signedAs('ff') },
    { name: 'a long signature', reason: 'wrong-signature', status: 401, send: signedAs('f'.repeat(128)) },
    {
      name: 'a signature that is not hexadecimal',
      reason: 'wrong-signature',
      status: 401,
      send: signedAs('z'.repeat(64)),
    },
    {
      name: "a signature of another webhook's secret",
      reason: 'wrong-signature',
      status: 401,
      webhook: { encryptedSecret: 'other' },
      send: (to) => harness.deliver(to, body(1)),
    },
    {
      name: 'a tampered body',
      reason: 'wrong-signature',
      status: 401,
      send: (to) => harness.deliver(to, body(1), { 'X-Hook-Signature': signatureOf(body(1)) }),
    },
    {
      name: 'a delivery before the secret is confirmed',
      reason: 'not-yet-confirmed',
      status: 503,
      webhook: { status: 'registering', webhookGid: undefined },
      send: (to) => harness.deliver(to, body(1)),
    },
    {
      name: 'a body that is not JSON',
      reason: 'not-json',
      status: 400,
      send: (to) => harness.deliver(to, 'events'),
    },
    {
      name: 'JSON that is not an object',
      reason: 'no-events-array',
      status: 400,
      send: (to) => harness.deliver(to, '[]'),
    },
    {
      name: 'events of the wrong type',
      reason: 'no-events-array',
      status: 400,
      send: (to) => harness.deliver(to, '{"events":"changed"}'),
    },
    {
      name: 'bad events with a wrong signature',
      reason: 'wrong-signature',
      status: 401,
      send: (to) => harness.deliver(to, '{"events":[null]}', { 'X-Hook-Signature': 'f'.repeat(64) }),
    },
    {
      name: 'a body over the limit',
      reason: 'body-too-large',
      status: 413,
      send: (to) => harness.deliver(to, Buffer.alloc(4 * 1024 * 1024 + 1, 'x')),
    },
    {
      name: 'a wrong method',
      reason: 'wrong-method',
      status: 405,
      send: (to) => harness.post(`/webhooks/${to.hookKey}`, '', {}, 'GET'),
    },
  ];

  it.each(cases)('$name: $status $reason', async ({ reason, status, webhook, send }) => {
    const isEncryptedElsewhere = webhook?.encryptedSecret === 'other';
    const made = await harness.webhook(isEncryptedElsewhere ? {} : webhook);
    const to = isEncryptedElsewhere ? await harness.webhook(encryptedElsewhere()) : made;
    const before = { row: await harness.row(to.hookKey), events: await harness.storedEvents() };
    harness.logs.length = 0;

    const answer = await send(to);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'POST' : null);
    expect(answer.headers.get('x-hook-secret')).toBeNull();
    expect(await answer.json()).toEqual({ error: reason });
    expectRefused(reason);
    expect({ row: await harness.row(to.hookKey), events: await harness.storedEvents() }).toEqual(before);
    expectNothingSecret(harness.logs, to);
  });

  function encryptedElsewhere(): Partial<Hook> {
    const hookKey = newHookKey();
    return {
      hookKey,
      encryptedSecret: encryptSecret('0f1e2d3c4b5a69788796a5b4c3d2e1f0', hookKey, encryptionKey),
    };
  }

  it('another path', async () => {
    expect((await harness.post('/other', '{}')).status).toBe(404);
    expect((await harness.post('/webhooks', '{}')).status).toBe(404);
    expect((await harness.post(`/webhooks/${newHookKey()}/more`, '{}')).status).toBe(404);
  });
});

/** Expects that the logs contain no secret, no signature, no hook key and no member of an event. */
function expectNothingSecret(logs: readonly string[], { hookKey, encryptedSecret }: Hook): void {
  const text = logs.join('\n');
  for (const hidden of [
    secret,
    hookKey,
    encryptedSecret,
    encryptionKey.material,
    'f'.repeat(32),
    'due_on',
    '"gid"',
  ]) {
    if (hidden !== undefined) expect(text).not.toContain(hidden);
  }
}

describe('the receiver never answers with a 2xx while its storage fails', () => {
  const throttled = { status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException' } };
  const broken = { status: 500, body: { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' } };
  const on = (wanted: string, answer: typeof throttled) =>
    harness.dynamodb.interfere((operation) => (operation === wanted ? answer : 'pass'));

  it.each([
    ['reading is throttled', 'GetItem', throttled],
    ['reading fails', 'GetItem', broken],
    ['writing is throttled', 'BatchWriteItem', throttled],
    ['writing fails', 'BatchWriteItem', broken],
  ])('when %s', async (_, operation, answer) => {
    const webhook = await harness.webhook();
    const before = await gidsStored();
    on(operation, answer);
    const response = await harness.deliver(webhook, body(3));
    expect(response.status).toBe(503);
    expectRefused('storage-failed');
    expect(await gidsStored()).toHaveLength(before.length);
    expectNothingSecret(harness.logs, webhook);
  });

  it('when a handshake cannot be stored', async () => {
    const { hookKey } = await harness.webhook({ status: 'registering', encryptedSecret: undefined });
    on('UpdateItem', broken);
    const answer = await harness.post(`/webhooks/${hookKey}`, '{}', { 'X-Hook-Secret': secret });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('x-hook-secret')).toBeNull();
  });

  it('when items stay unprocessed', async () => {
    const webhook = await harness.webhook();
    harness.dynamodb.interfere((operation, sent) =>
      operation === 'BatchWriteItem'
        ? { status: 200, body: { UnprocessedItems: requestItemsIn(sent) } }
        : 'pass',
    );
    expect((await harness.deliver(webhook, body(2))).status).toBe(503);
    expectRefused('storage-failed');
  });

  it('when storage hangs', async () => {
    const webhook = await harness.webhook();
    harness.dynamodb.interfere((operation) =>
      operation === 'BatchWriteItem' ? new Promise(() => undefined) : 'pass',
    );
    const sentMs = harness.clock.now().getTime();
    expect((await harness.deliver(webhook, body(1))).status).toBe(503);
    expectRefused('storage-slow');
    // Asana waits for 10 s.
    expect(harness.clock.now().getTime() - sentMs).toBe(7_500);
  });

  it('and retries unprocessed items until all items are stored', async () => {
    const webhook = await harness.webhook();
    const before = await gidsStored();
    let refusals = 3;
    harness.dynamodb.interfere((operation, sent) => {
      if (operation !== 'BatchWriteItem' || refusals === 0) return 'pass';
      refusals -= 1;
      return { status: 200, body: { UnprocessedItems: requestItemsIn(sent) } };
    });
    expect((await harness.deliver(webhook, body(25))).status).toBe(200);
    expect(await gidsStored()).toHaveLength(before.length + 25);
  });

  function requestItemsIn(sent: Buffer): object {
    return (JSON.parse(sent.toString('utf8')) as { RequestItems: object }).RequestItems;
  }
});

describe('the receiver in a warm container', () => {
  it.each([1, 25])('makes exactly one AWS call for a delivery of %i events', async (count) => {
    const webhook = await harness.webhook();
    await harness.deliver(webhook, body(1));
    harness.dynamodb.calls.length = 0;
    expect((await harness.deliver(webhook, body(count))).status).toBe(200);
    expect(harness.dynamodb.calls).toEqual(['BatchWriteItem']);
  });

  it('makes no AWS call for a repeated heartbeat or an unknown hook key', async () => {
    const webhook = await harness.webhook();
    await harness.deliver(webhook, '{"events":[]}');
    await harness.post('/webhooks/AAAAAAAAAAAAAAAAAAAAAA', '{}');
    harness.dynamodb.calls.length = 0;
    await harness.deliver(webhook, '{"events":[]}');
    await harness.post('/webhooks/AAAAAAAAAAAAAAAAAAAAAA', '{}');
    expect(harness.dynamodb.calls).toEqual([]);
  });
});
