import { describe, expect, it } from 'vitest';
import { createTokenClient } from '../../../adapters/asana/client.ts';
import { defaultRetryPolicy } from '../../../adapters/asana/retry.ts';
import { soon } from '../../core/time.ts';

/** A client for a token. Asana gives the answers in turn. */
function clientFor(...answers: Response[]) {
  const tokens: (string | null)[] = [];
  const client = createTokenClient('the-token', {
    baseUrl: 'https://app.asana.com/api/1.0',
    fetch: async (_, init) => {
      tokens.push(new Headers(init?.headers).get('authorization'));
      const answer = answers.shift();
      if (answer === undefined) throw new Error('no more answers');
      return answer;
    },
    now: () => new Date(),
    sleep: async () => undefined,
    timeout: AbortSignal.timeout,
    random: () => 0,
    policy: defaultRetryPolicy,
    time: soon(),
  });
  return { client, tokens };
}

const json = (status: number, body: object) => new Response(JSON.stringify(body), { status });

describe('the client of a token', () => {
  it('sends this token, and does not ask for another if Asana refuses it', async () => {
    const { client, tokens } = clientFor(json(401, { errors: [{ message: 'Not Authorized' }] }));
    await expect(client.me()).rejects.toMatchObject({ name: 'AsanaUnauthorized' });
    expect(tokens).toEqual(['Bearer the-token']);
  });

  it.each([
    ['no data', {}],
    ['no gid', { data: { name: 'Ada' } }],
    ['a gid that is not text', { data: { gid: 7 } }],
  ])('takes an answer with %s for no answer of Asana', async (_, body) => {
    await expect(clientFor(json(200, body)).client.me()).rejects.toMatchObject({ name: 'AsanaUnavailable' });
    await expect(clientFor(json(200, body)).client.myGid()).rejects.toMatchObject({
      name: 'AsanaUnavailable',
    });
  });
});
