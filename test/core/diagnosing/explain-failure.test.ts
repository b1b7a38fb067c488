import { expect, it } from 'vitest';
import { explainFailure } from '../../../core/diagnosing/explain-failure.ts';
import type { ProbeAnswer } from '../../../core/diagnosing/ports.ts';
import { AsanaError, NamedError } from '../../../core/errors.ts';
import { newWebhook } from '../../../core/webhook.ts';
import { createMemoryRegistry } from '../../memory/registry.ts';
import { noon } from '../events.ts';

const message = 'The remote server did not respond with the handshake secret.';
const handshake = () =>
  new AsanaError('AsanaBadRequest', 'POST /webhooks', { status: 400, details: [{ message }] });

/** The sentence that is added to a failure, where our endpoint answers like this. */
async function sentence(failure: Error, answer: ProbeAnswer | 'echo', laterMs = 0): Promise<string> {
  const registry = createMemoryRegistry();
  const webhook = newWebhook({ connection: 'default', resource: '1', filters: [] }, noon);
  const before = failure.message;
  const services = {
    registry,
    publicBaseUrl: 'https://hooks.example.com',
    now: () => new Date(noon.getTime() + laterMs),
    probe: async (_: string, secret: string) => (answer === 'echo' ? { status: 200, secret } : answer),
  };
  expect(await explainFailure(failure, webhook, services)).toBe(failure);
  expect(registry.rows.size).toBe(0);
  // What we add stands before Asana's own words.
  const [said = '', ...quoted] = failure.message.split('\n');
  const [saidBefore = '', ...quotedBefore] = before.split('\n');
  expect(quoted).toEqual(quotedBefore);
  expect(said.startsWith(saidBefore)).toBe(true);
  return said.slice(saidBefore.length);
}

it.each<[string, ProbeAnswer | 'echo', string]>([
  ['nobody answers', { code: 'ENOTFOUND' }, 'could not be reached from here either (ENOTFOUND)'],
  ['our endpoint answers well', 'echo', 'Asana cannot reach it from outside'],
  [
    'another secret comes back',
    { status: 200, secret: 'another', hasBody: false },
    'something else than our endpoint',
  ],
  [
    'the header is lost on the way there',
    { status: 401, reason: 'unsigned' },
    'The broken link is the header',
  ],
  ['the header is lost on the way back', { status: 200 }, 'The broken link is the header'],
  ['another site answers', { status: 200, hasBody: true }, 'something else than our endpoint answers'],
  [
    'storage fails',
    { status: 503, reason: 'storage-failed', hasBody: true },
    'refused a handshake from here: storage-failed',
  ],
])('a failed handshake is explained where %s', async (_, answer, expected) => {
  expect(await sentence(handshake(), answer)).toContain(expected);
});

it('a handshake that came too late is explained by the window', async () => {
  expect(await sentence(handshake(), 'echo', 10 * 60_000)).toContain('The broken link is the window');
});

it.each([
  [
    'of filters',
    new AsanaError('AsanaBadRequest', 'POST /webhooks', {
      status: 400,
      details: [{ message: 'filters: no' }],
    }),
  ],
  [
    'of Asana being down, while our endpoint is well',
    new AsanaError('AsanaUnavailable', 'POST /webhooks', { status: 503 }),
  ],
  ['of storage', new NamedError('StorageUnavailable', 'down')],
  ['nobody expected', new TypeError('x')],
])('a failure %s is left as it is', async (_, failure) => {
  expect(await sentence(failure, 'echo')).toBe('');
});

it('a call that hangs is explained where our endpoint cannot be reached', async () => {
  const failure = new AsanaError('AsanaTimeout', 'POST /webhooks', {});
  expect(await sentence(failure, { code: 'ETIMEDOUT' })).toContain('The broken link is the address');
});
