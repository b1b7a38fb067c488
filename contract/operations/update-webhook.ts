import * as z from 'zod';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { asanaOptions, connectionOfWebhook, filters, webhookGid } from '../parameters.ts';
import { always, partly } from '../scopes.ts';
import type { AsanaWebhook, Managed } from '../webhook.ts';

export const updateWebhook = operation({
  name: 'updateWebhook',
  summary: "Replaces a webhook's filters. Asana does not allow any other change.",
  changes: true,
  parameters: z.strictObject({
    connection: connectionOfWebhook,
    webhookGid: webhookGid.describe("Asana's gid of the webhook, or its subscription."),
    filters: filters.describe('The new list of filters. It replaces the whole old list.'),
    ...asanaOptions,
  }),
  result: result<Managed<AsanaWebhook>>(),
  returns: "Asana's webhook under `data`, and the facts of our registry under `registry`.",
  example: {
    webhookGid: '1209000000000001',
    filters: [{ resource_type: 'task', action: 'changed', fields: ['assignee'] }],
  },
  errors: [...callingAsana, 'WebhookNotFound', 'ConnectionMismatch'],
  scopes: [always('webhooks:write'), partly('a webhook that is not in the registry', 'webhooks:read')],
});
