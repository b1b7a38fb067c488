import { createServer, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../local/aws/listen.ts';
import { type Local, startLocal } from '../../local/start-local.ts';

let tunnel: Listening;
let local: Local;

beforeAll(async () => {
  // A tunnel: another address, in front of the local HTTP API.
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming;
    const passedOn = request(`${local.apiUrl}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passedOn);
  });
  tunnel = await listen(server, 0);
  local = await startLocal({ port: 0, publicUrl: tunnel.url });
});
afterAll(async () => {
  await local.close();
  await tunnel.close();
});

describe('local mode behind a public address', () => {
  it('gives that address to Asana, and takes what comes through it', async () => {
    // The simulator keeps no permissions, so any project will do.
    const project = local.simulator?.seed().project;
    const result = await local.manage({ operation: 'createWebhook', resource: project });
    expect(result).toMatchObject({
      ok: true,
      value: { data: { target: expect.stringMatching(`^${tunnel.url}/webhooks/[A-Za-z0-9_-]{22}$`) } },
    });
    expect(local.simulator?.controls.deliveries()).toMatchObject([{ kind: 'handshake', answer: 200 }]);
  });
});
