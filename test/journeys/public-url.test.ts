import { createServer, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../local/aws/listen.ts';
import { type ClockedStage, setClockedStage } from './stage.ts';

let tunnel: Listening;
let stage: ClockedStage;

beforeAll(async () => {
  // A tunnel: a second address in front of the local HTTP API.
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming;
    const passedOn = request(`${stage.local.apiUrl}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passedOn);
  });
  tunnel = await listen(server, 0);
  stage = await setClockedStage({}, { publicUrl: tunnel.url });
});
afterAll(async () => {
  await stage.close();
  await tunnel.close();
});

describe('local mode behind a public address', () => {
  it('gives that address to Asana, and answers the handshake that comes through it', async () => {
    const { data } = await stage.manage({ operation: 'createWebhook', resource: stage.project });
    expect(data.target).toMatch(new RegExp(`^${tunnel.url}/webhooks/[A-Za-z0-9_-]{22}$`));
    expect(stage.simulator.controls.deliveries()).toMatchObject([{ kind: 'handshake', answer: 200 }]);
  });
});
