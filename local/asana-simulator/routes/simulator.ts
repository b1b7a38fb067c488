import { Hono } from 'hono';
import { type Env, json } from '../call.ts';
import type { Controls } from '../controls.ts';
import type { Fault } from '../faults.ts';
import type { Access, OAuthApp } from '../model.ts';
import type { Seed } from '../seed.ts';

/** The controls by HTTP. Nothing of Asana's lies under `/simulator/`. */
export function simulatorRoutes(controls: Controls): Hono<Env> {
  const app = new Hono<Env>();
  app.post('/seed', async (c) => json(c, 200, controls.seed(await body<Seed>(c))));
  app.post('/advance', async (c) => {
    await controls.advance(Number((await body<{ ms?: number }>(c)).ms ?? 0));
    return json(c, 200, {});
  });
  app.post('/settle', async (c) => {
    await controls.settle();
    return json(c, 200, {});
  });
  app.get('/deliveries', (c) => {
    const options = { webhook: c.req.query('webhook'), raw: c.req.query('raw') === 'true' };
    return json(c, 200, { deliveries: controls.deliveries(options) });
  });
  app.post('/webhooks/:gid/resend', async (c) => {
    await controls.resend(c.req.param('gid'));
    return json(c, 200, {});
  });
  app.post('/webhooks/:gid/inject', async (c) => {
    const { events = [] } = await body<{ events?: Record<string, unknown>[] }>(c);
    controls.inject(c.req.param('gid'), events);
    return json(c, 200, {});
  });
  app.get('/webhooks', (c) => json(c, 200, { webhooks: controls.webhooks() }));
  app.get('/requests', (c) => json(c, 200, { requests: controls.requests() }));
  app.get('/faults', (c) => json(c, 200, { faults: controls.faults() }));
  app.post('/faults', async (c) => {
    controls.addFault((await body<Fault>(c)) as Fault);
    return json(c, 200, {});
  });
  app.delete('/faults', (c) => {
    controls.clearFaults();
    return json(c, 200, {});
  });
  app.post('/tokens/refuse', async (c) => {
    const { token = '', why = 'revoked' } = await body<{ token?: string; why?: Access['refused'] }>(c);
    controls.refuse(token, why);
    return json(c, 200, {});
  });
  app.post('/apps', async (c) => {
    controls.registerApp((await body<OAuthApp>(c)) as OAuthApp);
    return json(c, 200, {});
  });
  app.post('/apps/:id/revoke', (c) => {
    controls.revokeApp(c.req.param('id'));
    return json(c, 200, {});
  });
  app.post('/consent', async (c) => {
    controls.setConsent((await body<{ consent: 'grant' | 'refuse' }>(c)).consent ?? 'grant');
    return json(c, 200, {});
  });
  app.post('/tokens', async (c) => {
    const { user = '', app: named } = await body<{ user?: string; app?: string }>(c);
    return json(c, 200, { token: controls.newToken(user, named) });
  });
  return app;
}

async function body<T>(c: { req: { text(): Promise<string> } }): Promise<Partial<T>> {
  return JSON.parse((await c.req.text()) || '{}') as Partial<T>;
}
