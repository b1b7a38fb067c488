import { Hono } from 'hono';
import { type Env, json } from '../call.ts';
import { readBody, readObject } from '../control-input.ts';
import type { Controls } from '../controls.ts';
import { readFault } from '../faults.ts';

/** The controls by HTTP. Asana itself has no routes under `/simulator/`. */
export function simulatorRoutes(controls: Controls): Hono<Env> {
  const app = new Hono<Env>();
  app.post('/seed', async (c) => json(c, 200, controls.seed(await readBody(c, 'POST /seed'))));
  app.post('/advance', async (c) => {
    await controls.advance((await readBody(c, 'POST /advance')).ms);
    return json(c, 200, {});
  });
  app.post('/settle', async (c) => {
    await readBody(c, 'POST /settle');
    await controls.settle();
    return json(c, 200, {});
  });
  app.get('/deliveries', (c) => {
    const options = { webhook: c.req.query('webhook'), raw: c.req.query('raw') === 'true' };
    return json(c, 200, { deliveries: controls.deliveries(options) });
  });
  app.post('/webhooks/:gid/resend', async (c) => {
    await readBody(c, 'POST /webhooks/:gid/resend');
    await controls.resend(c.req.param('gid'));
    return json(c, 200, {});
  });
  app.post('/webhooks/:gid/inject', async (c) => {
    const { events } = await readBody(c, 'POST /webhooks/:gid/inject');
    controls.inject(c.req.param('gid'), events);
    return json(c, 200, {});
  });
  app.get('/webhooks', (c) => json(c, 200, { webhooks: controls.webhooks() }));
  app.get('/requests', (c) => json(c, 200, { requests: controls.requests() }));
  app.get('/faults', (c) => json(c, 200, { faults: controls.faults() }));
  app.post('/faults', async (c) => {
    controls.addFault(readFault(await readObject(c)));
    return json(c, 200, {});
  });
  app.delete('/faults', (c) => {
    controls.clearFaults();
    return json(c, 200, {});
  });
  app.post('/tokens/refuse', async (c) => {
    const { token, why } = await readBody(c, 'POST /tokens/refuse');
    controls.refuse(token, why);
    return json(c, 200, {});
  });
  app.post('/apps', async (c) => {
    controls.registerApp(await readBody(c, 'POST /apps'));
    return json(c, 200, {});
  });
  app.post('/apps/:id/revoke', async (c) => {
    await readBody(c, 'POST /apps/:id/revoke');
    controls.revokeApp(c.req.param('id'));
    return json(c, 200, {});
  });
  app.post('/consent', async (c) => {
    controls.setConsent((await readBody(c, 'POST /consent')).consent);
    return json(c, 200, {});
  });
  app.post('/tokens', async (c) => {
    const { user, app: named } = await readBody(c, 'POST /tokens');
    return json(c, 200, { token: controls.newToken(user, named) });
  });
  return app;
}
