import * as z from 'zod';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { asanaOptions, connectionOfWebhook, webhookGid } from '../parameters.ts';
import { always } from '../scopes.ts';
import type { AsanaWebhook, Managed } from '../webhook.ts';

export const getWebhook = operation({
  name: 'getWebhook',
  summary: 'Reads one webhook from Asana.',
  changes: false,
  parameters: z.strictObject({
    connection: connectionOfWebhook,
    webhookGid: webhookGid.describe("Asana's gid of the webhook, or its subscription."),
    ...asanaOptions,
  }),
  result: result<Managed<AsanaWebhook>>(),
  returns:
    "Asana's webhook under `data`, and the facts of our registry under `registry`, which is null for a webhook with an external target.",
  example: { webhookGid: '1209000000000001' },
  errors: [...callingAsana, 'WebhookNotFound'],
  scopes: [always('webhooks:read')],
});
