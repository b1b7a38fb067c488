import { createServer, request as httpRequest } from 'node:http';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { localAws } from '../../local/aws/account.ts';
import { type Listening, listen } from '../../local/aws/listen.ts';
import { oauthAppSecret } from '../../local/start-local.ts';
import { type ClockedStage, setClockedStage } from './stage.ts';

let stage: ClockedStage;
let front: Listening | undefined;
afterEach(async () => {
  await stage.close();
  await front?.close();
  front = undefined;
});

/**
 * Starts a proxy in front of the API. It drops the request headers `up` and the response headers `down`, or it
 * answers with the status `answer` itself.
 */
async function begin(front_?: {
  readonly up?: readonly string[];
  readonly down?: readonly string[];
  readonly answer?: number;
}): Promise<void> {
  let upstream = '';
  const server = createServer(async (request, response) => {
    if (front_?.answer !== undefined) {
      response.writeHead(front_.answer).end('<html>another site</html>');
      return;
    }
    const body = Buffer.concat(await request.toArray());
    const headers = { ...request.headers };
    for (const name of front_?.up ?? []) delete headers[name];
    const forwarded = httpRequest(
      `${upstream}${request.url}`,
      { method: request.method, headers },
      (answer) => {
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined && !front_?.down?.includes(name)) response.setHeader(name, value);
        }
        response.writeHead(answer.statusCode ?? 502);
        answer.pipe(response);
      },
    );
    forwarded.end(body);
  });
  front = await listen(server, 0);
  stage = await setClockedStage({}, { publicUrl: front.url });
  upstream = stage.local.apiUrl;
}

/** Returns the message of a create call that must fail. */
async function messageOf(payload: object = {}): Promise<string> {
  const failure = await stage
    .manage({ operation: 'createWebhook', resource: stage.project, ...payload })
    .catch((error: Error) => error);
  expect(failure).toBeInstanceOf(Error);
  // Neither the create call nor the check of our own endpoint leaves a row or a webhook.
  expect(await stage.rows()).toEqual([]);
  expect(stage.simulator.controls.webhooks()).toEqual([]);
  return (failure as Error).message;
}

describe('a create call that fails says which link is broken', () => {
  it('the address, if no server answers', async () => {
    stage = await setClockedStage({}, { publicUrl: 'http://127.0.0.1:9' });
    expect(await messageOf()).toContain(
      'The cause is the address: this function could not reach http://127.0.0.1:9 either',
    );
  });

  it.each([404, 200, 302])('the address, if another site answers with %i', async (answer) => {
    await begin({ answer });
    const message = await messageOf();
    expect(message).toContain(`another server answers at ${front?.url}, with status ${answer}`);
  });

  it.each([
    ['to our endpoint', { up: ['x-hook-secret'] }],
    ['back to Asana', { down: ['x-hook-secret'] }],
  ])('the header, if it is lost on the way %s', async (_, lost) => {
    await begin(lost);
    expect(await messageOf()).toContain('The cause is the header');
  });

  it('the way from outside, if our endpoint answers a request from here', async () => {
    await begin();
    stage.simulator.controls.addFault({ on: 'handshake', kind: 'lost', times: 1 });
    expect(await messageOf()).toContain(
      'answers a handshake from this function. The remaining cause is that Asana cannot reach it',
    );
  });

  it('the token', async () => {
    await begin();
    stage.simulator.controls.refuse(stage.local.token, 'revoked');
    expect(await messageOf()).toContain('The cause is the token: Asana does not accept it.');
  });

  it('the resource', async () => {
    await begin();
    expect(await messageOf({ resource: '42' })).toContain(
      'The cause is the resource: no resource has this gid',
    );
  });

  it('a local address, which Asana does not accept', async () => {
    stage = await setClockedStage({ allowLocalTargets: false });
    expect(await messageOf()).toContain('The cause is the address: Asana does not accept a local address');
  });

  it('the scope', async () => {
    await begin();
    const scopes = ['webhooks:read', 'workspaces:read'];
    const redirectUri = 'http://127.0.0.1:5/callback';
    stage.simulator.controls.registerApp({
      clientId: '7',
      clientSecret: 's',
      redirectUris: [redirectUri],
      scopes,
    });
    const secrets = new SecretsManagerClient({ ...localAws, endpoint: stage.local.secretsManagerUrl });
    const SecretString = JSON.stringify({ clientId: '7', clientSecret: 's' });
    await secrets.send(new PutSecretValueCommand({ SecretId: oauthAppSecret, SecretString }));
    const { data } = await stage.manage<{ data: { authorizationUrl: string; state: string } }>({
      operation: 'beginOAuth',
      connection: 'narrow',
      redirectUri,
      scopes,
    });
    const { headers } = await fetch(data.authorizationUrl, { redirect: 'manual' });
    const code = new URL(headers.get('location') ?? '').searchParams.get('code');
    await stage.manage({ operation: 'finishOAuth', state: data.state, code });
    expect(await messageOf({ connection: 'narrow' })).toContain(
      'The cause is a missing scope: connect again with webhooks:write',
    );
  });
});
