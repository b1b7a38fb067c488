import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../local/asana-simulator/faults.ts';
import { type ClockedStage, setClockedStage } from './stage.ts';

let stage: ClockedStage;
beforeAll(async () => {
  stage = await setClockedStage();
});
afterAll(() => stage.close());
afterEach(() => stage.simulator.controls.clearFaults());

const onCreate = { on: 'api', method: 'POST', path: '/webhooks', times: 1 } as const;
const create = () => stage.manage({ operation: 'createWebhook', resource: stage.project });

describe('a create call that goes wrong leaves neither row nor webhook', () => {
  it.each<[string, Fault, string]>([
    [
      'Asana closes the connection before it does anything',
      { ...onCreate, kind: 'reset' },
      'AsanaUnavailable',
    ],
    ['Asana answers 400', { ...onCreate, kind: 'status', status: 400 }, 'AsanaBadRequest'],
    ['Asana answers 401', { ...onCreate, kind: 'status', status: 401 }, 'AsanaUnauthorized'],
    ['Asana answers 402', { ...onCreate, kind: 'status', status: 402 }, 'AsanaPaymentRequired'],
    ['Asana answers 403', { ...onCreate, kind: 'status', status: 403 }, 'AsanaForbidden'],
    ['Asana answers 404', { ...onCreate, kind: 'status', status: 404 }, 'AsanaNotFound'],
    ['Asana answers 500', { ...onCreate, kind: 'status', status: 500 }, 'AsanaUnavailable'],
    [
      'Asana is busy for longer than the create call waits',
      { ...onCreate, kind: 'status', status: 429, retryAfterSeconds: 600 },
      'AsanaRateLimited',
    ],
    ['the handshake is lost', { on: 'handshake', kind: 'lost', times: 1 }, 'AsanaBadRequest'],
    ['Asana fails after the handshake', { on: 'handshake', kind: 'then-fail', times: 1 }, 'AsanaUnavailable'],
    [
      'Asana creates it without a handshake',
      { on: 'handshake', kind: 'skipped', times: 1 },
      'HandshakeNotConfirmed',
    ],
    [
      'Asana creates it and closes the connection',
      { ...onCreate, kind: 'act-then-reset' },
      'AsanaUnavailable',
    ],
    [
      'Asana creates it and answers 500',
      { ...onCreate, kind: 'act-then-status', status: 500 },
      'AsanaUnavailable',
    ],
    [
      'Asana answers with a body that is not JSON',
      { ...onCreate, kind: 'act-then-garble' },
      'AsanaUnavailable',
    ],
    [
      'the secret in the answer differs from the secret in the handshake',
      { on: 'api', kind: 'wrong-secret', times: 1 },
      'HandshakeNotConfirmed',
    ],
    ['the answer has no secret', { on: 'api', kind: 'no-secret', times: 1 }, 'HandshakeNotConfirmed'],
    ['Asana creates it and never answers', { ...onCreate, kind: 'act-then-hang' }, 'AsanaTimeout'],
  ])('when %s', async (_, fault, name) => {
    stage.simulator.controls.addFault(fault);
    await expect(create()).rejects.toMatchObject({ name });
    expect(stage.simulator.controls.webhooks()).toEqual([]);
    expect(await stage.rows()).toEqual([]);
  });

  it('when the clean-up calls fail too', async () => {
    const { controls } = stage.simulator;
    controls.addFault({ ...onCreate, kind: 'act-then-reset' });
    controls.addFault({ on: 'api', method: 'GET', kind: 'status', status: 503, times: 2 });
    controls.addFault({ on: 'api', method: 'DELETE', kind: 'act-then-reset', times: 1 });
    await expect(create()).rejects.toMatchObject({ name: 'AsanaUnavailable' });
    expect(controls.webhooks()).toEqual([]);
    expect(await stage.rows()).toEqual([]);
  });

  it('and the same call succeeds when it is repeated', async () => {
    stage.simulator.controls.addFault({ ...onCreate, kind: 'act-then-reset' });
    const keyed = { operation: 'createWebhook', resource: stage.project, idempotencyKey: 'once' };
    await expect(stage.manage(keyed)).rejects.toThrow();
    const first = await stage.manage(keyed);
    expect(await stage.manage(keyed)).toMatchObject({
      registry: { subscription: first.registry.subscription },
    });
    expect(stage.simulator.controls.webhooks()).toHaveLength(1);
    await stage.manage({ operation: 'deleteWebhook', webhookGid: first.data.gid });
  });
});

describe('a create call succeeds in spite of a disturbance', () => {
  it.each<[string, Fault]>([
    ['the handshake comes twice', { on: 'handshake', kind: 'doubled', times: 1 }],
    [
      'another handshake follows with another secret',
      { on: 'handshake', kind: 'doubled-with-another-secret', times: 1 },
    ],
    ['Asana is busy for a moment', { ...onCreate, kind: 'status', status: 429, retryAfterSeconds: 1 }],
    ['Asana is slow', { ...onCreate, kind: 'latency', ms: 500 }],
  ])('when %s', async (_, fault) => {
    stage.simulator.controls.addFault(fault);
    const { data, registry } = await create();
    expect(registry.status).toBe('active');
    await stage.changeTask({ notes: `changed ${Math.random()}` });
    await stage.simulator.controls.settle();
    const answers = stage.simulator.controls
      .deliveries({ webhook: data.gid })
      .filter(({ kind }) => kind === 'events');
    expect(answers).toMatchObject([{ answer: 200 }]);
    await stage.manage({ operation: 'deleteWebhook', webhookGid: data.gid });
  });
});
