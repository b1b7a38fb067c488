import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Body, startWorld, type TestWorld } from './world.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

async function control(method: string, path: string, data?: object): Promise<Body> {
  const response = await fetch(`${world.simulator.origin}/simulator${path}`, {
    method,
    body: data && JSON.stringify(data),
  });
  expect(response.status).toBe(200);
  return response.json();
}

describe('the controls by HTTP', () => {
  it('seed another world', async () => {
    const seeded = await control('POST', '/seed', { tasks: ['One'], token: 'my-token' });
    expect(seeded).toMatchObject({ token: 'my-token', tasks: [expect.any(String)] });
    expect(await world.call('GET', `/tasks/${seeded.tasks[0]}`, undefined, 'my-token')).toMatchObject({
      status: 200,
    });
  });

  it('move time, and show what was delivered, with bodies only on request', async () => {
    const gid = await world.webhook();
    await control('POST', '/advance', { ms: 2_000 });
    const { deliveries } = await control('GET', `/deliveries?webhook=${gid}`);
    expect(deliveries).toMatchObject([
      { kind: 'handshake', answer: 200, retry: 0 },
      { kind: 'heartbeat', answer: 200, at: '2026-11-23T10:00:01.000Z' },
    ]);
    expect(deliveries[0]).not.toHaveProperty('headers');
    const raw = await control('GET', '/deliveries?raw=true');
    expect(raw.deliveries[1]).toMatchObject({
      body: '{"events":[]}',
      headers: { 'X-Hook-Signature': expect.any(String) },
    });
  });

  it('inject, settle and resend', async () => {
    const gid = await world.webhook();
    await control('POST', `/webhooks/${gid}/inject`, { events: [{ action: 'unheard' }] });
    await control('POST', '/settle');
    await control('POST', `/webhooks/${gid}/resend`);
    expect(world.events()).toEqual([{ action: 'unheard' }, { action: 'unheard' }]);
  });

  it('add, list and clear faults', async () => {
    await control('POST', '/faults', { on: 'api', kind: 'status', status: 503 });
    expect(await control('GET', '/faults')).toMatchObject({
      faults: [{ on: 'api', kind: 'status', status: 503 }],
    });
    expect(await world.call('GET', '/users/me')).toMatchObject({ status: 503 });
    await control('DELETE', '/faults');
    expect(await world.call('GET', '/users/me')).toMatchObject({ status: 200 });
  });

  it('show webhooks and calls, and neither secrets nor tokens', async () => {
    const gid = await world.webhook();
    const webhooks = await control('GET', '/webhooks');
    expect(webhooks).toMatchObject({ webhooks: [{ gid }] });
    const calls = await control('GET', '/requests');
    expect(calls.requests).toMatchObject([{ method: 'POST', path: '/webhooks', status: 201 }]);
    const secret = String(world.target.received[0]?.headers['x-hook-secret']);
    expect(JSON.stringify([webhooks, calls])).not.toContain(secret);
    expect(JSON.stringify([webhooks, calls])).not.toContain(world.seeded.token);
  });

  it('make and refuse tokens', async () => {
    const { token } = await control('POST', '/tokens', { user: world.seeded.user });
    expect(await world.call('GET', '/users/me', undefined, token)).toMatchObject({ status: 200 });
    await control('POST', '/tokens/refuse', { token, why: 'revoked' });
    expect(await world.call('GET', '/users/me', undefined, token)).toMatchObject({ status: 401 });
  });
});
