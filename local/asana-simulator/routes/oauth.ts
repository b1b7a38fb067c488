import { Hono } from 'hono';
import { faulty } from '../admit.ts';
import { type Call, type Env, json } from '../call.ts';
import type { Faults } from '../faults.ts';
import type { World } from '../model.ts';
import { authorize, exchange, OAuthFault, revoke } from '../oauth.ts';

/** Asana's authorization server. It is outside the API, under `/-/`. */
export function oauthRoutes(world: World, faults: Faults): Hono<Env> {
  const app = new Hono<Env>();
  app.use('*', faulty(faults, world.clock));
  app.get('/oauth_authorize', (c) => c.redirect(authorize(world, c.req.query())));
  app.post('/oauth_token', async (c) => {
    world.tokenCalls += 1;
    return json(c, 200, exchange(world, await formOf(c)));
  });
  app.post('/oauth_revoke', async (c) => {
    revoke(world, await formOf(c));
    return json(c, 200, {});
  });
  app.onError((error, c) => {
    const fault = error instanceof OAuthFault ? error : new OAuthFault(500, 'server_error', 'Server Error');
    return json(c, fault.status, { error: fault.error, error_description: fault.message });
  });
  return app;
}

async function formOf(c: Call): Promise<Record<string, string>> {
  if (!(c.req.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
    throw new OAuthFault(400, 'invalid_request', 'The body must be form-encoded.');
  }
  return Object.fromEntries(new URLSearchParams(await c.req.text()));
}
