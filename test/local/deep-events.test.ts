import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { endStarted, type Ready, readyLine, start, untilStaying } from './start.ts';

afterEach(endStarted);

/** Each event is text, because writing it as JSON would also fail in this test. */
const events: Readonly<Record<string, (levels: number) => string>> = {
  'with a resource': (levels) =>
    `{"action":"changed","resource":{"gid":"1","resource_type":"task"},"created_at":"${new Date().toISOString()}","change":{"field":"name","new_value":${objects(levels)}}}`,
  'without a resource': (levels) => objects(levels),
  'with arrays': (levels) => `{"action":"sync_error","message":${'['.repeat(levels)}${']'.repeat(levels)}}`,
};

function objects(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

async function invoke(ready: Ready, payload: object): Promise<{ data: { gid: string; target: string } }> {
  const url = `${ready.lambda}/2015-03-31/functions/asana-webhooks-management/invocations`;
  return (await fetch(url, { method: 'POST', body: JSON.stringify(payload) })).json() as never;
}

describe('npm start survives a signed event', () => {
  it('with 5,000 and 20,000 levels', async () => {
    const started = start(['--json', '--port', '0']);
    const ready = await readyLine(started);
    await untilStaying(started);
    const { data } = await invoke(ready, { operation: 'createWebhook', resource: ready.project });
    const secret = await secretOf(ready, data.gid);
    const deliver = async (event: string) => {
      const body = `{"events":[${event}]}`;
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      const response = await fetch(data.target, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Hook-Signature': signature },
        body,
      });
      return response.status;
    };
    for (const levels of [5_000, 20_000]) {
      for (const [form, write] of Object.entries(events)) {
        const status = await deliver(write(levels));
        expect([form, levels, status]).toEqual([form, levels, 200]);
      }
    }
    // The containers still run, so an ordinary event is stored.
    const line = `{"action":"deleted","resource":{"gid":"42","resource_type":"task"}}`;
    expect(await deliver(line)).toBe(200);
    await expect.poll(() => started.output.stdout, { timeout: 60_000 }).toContain('"gid":"42"');
    expect(started.child.exitCode).toBeNull();
  });
});

async function secretOf({ asana }: Ready, webhook: string): Promise<string> {
  const response = await fetch(`${new URL(asana).origin}/simulator/deliveries?raw=true&webhook=${webhook}`);
  const { deliveries } = (await response.json()) as { deliveries: { headers: Record<string, string> }[] };
  return deliveries[0]?.headers['X-Hook-Secret'] ?? '';
}
