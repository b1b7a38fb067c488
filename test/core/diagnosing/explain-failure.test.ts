import { expect, it } from 'vitest';
import { explainFailure } from '../../../core/diagnosing/explain-failure.ts';
import type { ProbeAnswer } from '../../../core/diagnosing/ports.ts';
import { AsanaError, NamedError } from '../../../core/errors.ts';
import { createMemoryRegistry } from '../../memory/registry.ts';
import { noon } from '../events.ts';

const message = 'The remote server did not respond with the handshake secret.';
const handshake = () =>
  new AsanaError('AsanaBadRequest', 'POST /webhooks', { status: 400, details: [{ message }] });

/** Returns the sentence that is added to a failure if our endpoint gives this answer. */
async function sentence(failure: Error, answer: ProbeAnswer | 'echo'): Promise<string> {
  const registry = createMemoryRegistry(() => noon);
  const attempt = { connection: 'default', resource: '1' };
  const before = failure.message;
  const services = {
    registry,
    publicBaseUrl: 'https://hooks.example.com',
    now: () => noon,
    probe: async (_: string, secret: string) => (answer === 'echo' ? { status: 200, secret } : answer),
  };
  expect(await explainFailure(failure, attempt, services)).toBe(failure);
  expect(registry.table.rows.size).toBe(0);
  // Our sentence comes before Asana's own words.
  const [said = '', ...quoted] = failure.message.split('\n');
  const [saidBefore = '', ...quotedBefore] = before.split('\n');
  expect(quoted).toEqual(quotedBefore);
  expect(said.startsWith(saidBefore)).toBe(true);
  return said.slice(saidBefore.length);
}

it.each<[string, ProbeAnswer | 'echo', string]>([
  [
    'no server answers',
    { code: 'ENOTFOUND' },
    'could not reach https://hooks.example.com either (ENOTFOUND)',
  ],
  ['our endpoint answers well', 'echo', 'Asana cannot reach it from outside'],
  [
    'another secret comes back',
    { status: 200, secret: 'another', hasBody: false },
    'another server answers at https://hooks.example.com, with status 200',
  ],
  ['the header is lost on the way there', { status: 401, reason: 'unsigned' }, 'The cause is the header'],
  ['the header is lost on the way back', { status: 200 }, 'The cause is the header'],
  [
    'another site answers',
    { status: 200, hasBody: true },
    'another server answers at https://hooks.example.com',
  ],
  [
    'storage fails',
    { status: 503, reason: 'storage-failed', hasBody: true },
    'refused a handshake from this function: storage-failed',
  ],
])('a failed handshake is explained if %s', async (_, answer, expected) => {
  expect(await sentence(handshake(), answer)).toContain(expected);
});

it.each([
  [
    'because of filters',
    new AsanaError('AsanaBadRequest', 'POST /webhooks', {
      status: 400,
      details: [{ message: 'filters: no' }],
    }),
  ],
  [
    'because Asana is down, while our endpoint answers correctly',
    new AsanaError('AsanaUnavailable', 'POST /webhooks', { status: 503 }),
  ],
  ['of our storage', new NamedError('StorageUnavailable', 'down')],
  ['of an unexpected kind', new TypeError('x')],
])('a failure %s gets no explanation', async (_, failure) => {
  expect(await sentence(failure, 'echo')).toBe('');
});

it('a call that hangs is explained if our endpoint cannot be reached', async () => {
  const failure = new AsanaError('AsanaTimeout', 'POST /webhooks', {});
  expect(await sentence(failure, { code: 'ETIMEDOUT' })).toContain('The cause is the address');
});
