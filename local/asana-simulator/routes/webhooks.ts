import type { Hono } from 'hono';
import { answer, type Env, json, readInput } from '../call.ts';
import type { Deliveries } from '../deliveries.ts';
import { requireGid } from '../errors.ts';
import type { Faults } from '../faults.ts';
import type { World } from '../model.ts';
import { pageOf } from '../pagination.ts';
import { newSecret } from '../sign.ts';
import {
  compactWebhookFields,
  createWebhook,
  deleteWebhook,
  findWebhook,
  listWebhooks,
  presentWebhook,
  updateWebhook,
  webhookFields,
} from '../webhooks.ts';

/** The five webhook endpoints. */
export function addWebhookRoutes(
  app: Hono<Env>,
  world: World,
  services: { readonly faults: Faults; readonly deliveries: Deliveries },
  basePath: string,
): void {
  app.post('/webhooks', async (c) => {
    const webhook = await createWebhook(world, services, c.get('access'), readInput(c).data);
    return answer(c, presentWebhook(webhook), {
      fields: webhookFields,
      status: 201,
      beside: secretBeside(webhook.secret, services.faults, world),
      headers: { Location: `${new URL(c.req.url).origin}${basePath}/webhooks/${webhook.gid}` },
    });
  });

  app.get('/webhooks', (c) => {
    const workspace = requireGid('workspace', c.req.query('workspace'));
    const webhooks = listWebhooks(world, c.get('access'), workspace, c.req.query('resource') ?? null);
    const { data, ...beside } = pageOf(world, webhooks.map(presentWebhook), new URL(c.req.url), basePath);
    return answer(c, data, { fields: compactWebhookFields, beside });
  });

  app.get('/webhooks/:gid', (c) =>
    answer(c, presentWebhook(findWebhook(world, c.get('access'), c.req.param('gid'))), {
      fields: webhookFields,
    }),
  );

  app.put('/webhooks/:gid', (c) => {
    const webhook = updateWebhook(world, c.get('access'), c.req.param('gid'), readInput(c).data);
    return answer(c, presentWebhook(webhook), { fields: webhookFields });
  });

  app.delete('/webhooks/:gid', (c) => {
    deleteWebhook(world, c.get('access'), c.req.param('gid'));
    return json(c, 200, { data: {} });
  });
}

/** The answer to a create call has `X-Hook-Secret` next to `data`. Its value is the handshake's secret. */
function secretBeside(secret: string, faults: Faults, { knobs }: World): Record<string, string> {
  const fault = faults.take('api', ({ kind }) => kind === 'wrong-secret' || kind === 'no-secret');
  if (fault?.kind === 'no-secret') return {};
  return { 'X-Hook-Secret': fault ? newSecret(knobs.secretLength) : secret };
}
