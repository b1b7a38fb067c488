import { beforeEach, describe, expect, it } from 'vitest';
import { type AsanaTransport, callAsana } from '../../../adapters/asana/request.ts';
import { defaultRetryPolicy } from '../../../adapters/asana/retry.ts';
import { AsanaError } from '../../../core/errors.ts';
import { timeOf } from '../../../core/time-budget.ts';

type Reply = Response | Error;

const token = '2/12345/67890:abcdef';
let clock: number;
let pauses: number[];
let sent: { url: string; init: RequestInit }[];

beforeEach(() => {
  clock = Date.parse('2026-11-23T10:00:00.000Z');
  pauses = [];
  sent = [];
});

function transport(replies: Reply[], changes: Partial<AsanaTransport> = {}): AsanaTransport {
  const script = [...replies];
  return {
    baseUrl: 'https://asana.example.com/api/1.0',
    token: { get: async () => token, renew: async () => undefined },
    fetch: async (url, init) => {
      sent.push({ url: String(url), init: init ?? {} });
      const reply = script.shift();
      if (reply === undefined) throw new Error('the script is over');
      if (reply instanceof Error) throw reply;
      return reply;
    },
    now: () => new Date(clock),
    sleep: async (ms) => {
      pauses.push(ms);
      clock += ms;
    },
    random: () => 1,
    policy: defaultRetryPolicy,
    time: timeOf(57_000, () => new Date(clock)),
    timeout: AbortSignal.timeout,
    ...changes,
  };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

const envelope = { errors: [{ message: 'No.', help: 'See https://developers.asana.com' }] };
const lost = Object.assign(new TypeError('fetch failed'), {
  cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }),
});
const timeout = new DOMException('timed out', 'TimeoutError');
const get = { method: 'GET', path: '/webhooks/1' } as const;
const post = { method: 'POST', path: '/webhooks', data: { resource: '1' } } as const;

async function failure(attempt: Promise<unknown>): Promise<AsanaError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AsanaError)) throw new Error(`expected an AsanaError, got ${error}`);
  return error;
}

describe('callAsana()', () => {
  it('sends the token and JSON wrapped in data, and returns the body', async () => {
    expect(await callAsana(post, transport([json(201, { data: { gid: '7' } })]))).toEqual({
      data: { gid: '7' },
    });
    expect(sent[0]).toMatchObject({
      url: 'https://asana.example.com/api/1.0/webhooks',
      init: {
        method: 'POST',
        body: '{"data":{"resource":"1"}}',
        redirect: 'manual',
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          Connection: 'close',
        },
      },
    });
  });

  it('leaves out undefined query parameters and encodes the others', async () => {
    const query = { opt_fields: 'a,b', offset: undefined, workspace: '5&6' };
    await callAsana({ ...get, query }, transport([json(200, {})]));
    expect(sent[0]?.url).toBe(
      'https://asana.example.com/api/1.0/webhooks/1?opt_fields=a%2Cb&workspace=5%266',
    );
  });

  it.each([
    [400, 'AsanaBadRequest'],
    [401, 'AsanaUnauthorized'],
    [402, 'AsanaPaymentRequired'],
    [403, 'AsanaForbidden'],
    [404, 'AsanaNotFound'],
    [412, 'AsanaRefused'],
    [451, 'AsanaRefused'],
    [302, 'AsanaUnavailable'],
  ] as const)('throws after status %i with the name %s, without a retry', async (status, name) => {
    const error = await failure(callAsana(get, transport([json(status, envelope)])));
    expect(error).toMatchObject({ name, status, details: envelope.errors });
    expect(error.message).toMatch(
      /^The call GET \/webhooks\/1 to Asana failed: status \d+\..*\nAsana says: No\.\nSee https:\/\/developers\.asana\.com/,
    );
    expect(sent).toHaveLength(1);
  });

  it.each([500, 502, 503, 504])('retries an idempotent call after a %i', async (status) => {
    const body = await callAsana(
      get,
      transport([json(status, {}), json(status, {}), json(200, { data: 1 })]),
    );
    expect(body).toEqual({ data: 1 });
    expect(pauses).toEqual([500, 1_000]);
  });

  it('retries an idempotent call after a lost connection or a timeout', async () => {
    await callAsana({ ...get, method: 'DELETE' }, transport([lost, timeout, json(200, { data: {} })]));
    expect(sent).toHaveLength(3);
  });

  it.each<[string, Reply, string]>([
    ['a 500', json(500, envelope), 'AsanaUnavailable'],
    ['a lost connection', lost, 'AsanaUnavailable'],
    ['a timeout', timeout, 'AsanaTimeout'],
  ])('does not retry a create call after %s, because the call may have happened', async (_, reply, name) => {
    const error = await failure(callAsana(post, transport([reply])));
    expect(error).toMatchObject({ name, mayHaveHappened: true });
    expect(sent).toHaveLength(1);
  });

  it('retries a create call after a 429, after the time that Asana asks for', async () => {
    await callAsana(post, transport([json(429, envelope, { 'Retry-After': '7' }), json(201, {})]));
    expect(pauses).toEqual([7_000]);
  });

  it('does not wait longer than its budget, and says when to call again', async () => {
    const error = await failure(callAsana(get, transport([json(429, envelope, { 'Retry-After': '60' })])));
    expect(error).toMatchObject({ name: 'AsanaRateLimited', mayHaveHappened: false });
    expect(error.message).toContain('Call again in 60 s.');
    expect(pauses).toEqual([]);
  });

  it('starts no retry that would begin after the end of the invocation', async () => {
    const limited = transport([json(503, {}), json(503, {})], { time: timeOf(700, () => new Date(clock)) });
    await failure(callAsana(get, limited));
    expect(pauses).toEqual([500]);
  });

  it('gives up after four attempts', async () => {
    const error = await failure(callAsana(get, transport(Array.from({ length: 9 }, () => json(503, {})))));
    expect(error.name).toBe('AsanaUnavailable');
    expect(sent).toHaveLength(4);
  });

  it('reads the token again once after a 401', async () => {
    let current = 'old';
    const source = {
      get: async () => current,
      renew: async (refused: string) => {
        current = 'new';
        return refused === current ? undefined : current;
      },
    };
    await callAsana(get, transport([json(401, envelope), json(200, {})], { token: source }));
    expect(sent.map(({ init }) => (init.headers as Record<string, string>).Authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
    const error = await failure(
      callAsana(get, transport([json(401, envelope), json(401, envelope)], { token: source })),
    );
    expect(error.name).toBe('AsanaUnauthorized');
  });

  it('says what to do about a failed handshake, because Asana’s message misleads', async () => {
    const message =
      'The remote server which is intended to receive the webhook did not respond with the handshake secret.';
    const error = await failure(callAsana(post, transport([json(400, { errors: [{ message }] })])));
    expect(error.message).toContain('publicBaseUrl');
  });

  it('keeps the hook key and the token out of messages', async () => {
    const hookKey = 'Ab3_-Ab3_-Ab3_-Ab3_-Ab';
    const message = `Could not reach https://hooks.example.com/webhooks/${hookKey}`;
    const error = await failure(callAsana(post, transport([json(400, { errors: [{ message }] })])));
    expect(error.message).not.toContain(hookKey);
    expect(error.message).not.toContain(token);
  });

  it.each(['', 'gateway timeout', '[1', '{"errors":"no"}', '{"errors":[null,{}]}'])(
    'does not take a refusal with the body %j for an answer of Asana',
    async (body) => {
      for (const status of [400, 401, 403, 404, 410]) {
        const answers = Array.from({ length: 5 }, () => new Response(body, { status }));
        const error = await failure(callAsana(get, transport(answers)));
        const expected = { name: 'AsanaUnavailable', status, details: [], mayHaveHappened: true };
        expect(error).toMatchObject(expected);
      }
      const limits = Array.from({ length: 5 }, () => new Response(body, { status: 429 }));
      const limited = await failure(callAsana(get, transport(limits)));
      expect(limited).toMatchObject({ name: 'AsanaRateLimited' });
    },
  );

  it('treats a success without JSON as a failure', async () => {
    const error = await failure(callAsana(post, transport([new Response('<html>', { status: 200 })])));
    expect(error).toMatchObject({ name: 'AsanaUnavailable', mayHaveHappened: true });
  });

  it('includes the phrase of a 500 in the message, for Asana support', async () => {
    const broken = json(500, { errors: [{ message: 'Server Error', phrase: '6 sad squid snuggle softly' }] });
    expect((await failure(callAsana(post, transport([broken])))).message).toContain(
      '6 sad squid snuggle softly',
    );
  });
});
