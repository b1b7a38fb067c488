import * as z from 'zod';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { connectionOfWebhook, flag, optPretty, webhookGid } from '../parameters.ts';
import { always, partly, provingGone } from '../scopes.ts';
import type { Managed } from '../webhook.ts';

export const deleteWebhook = operation({
  name: 'deleteWebhook',
  summary: 'Deletes a webhook and its subscription. A delivery that Asana has already sent may still arrive.',
  changes: true,
  parameters: z.strictObject({
    connection: connectionOfWebhook,
    webhookGid: webhookGid.describe(
      "Asana's gid of the webhook, or its subscription. Every webhook of the subscription is deleted.",
    ),
    force: flag
      .optional()
      .describe(
        'Deletes the subscription even if Asana answers "not found" and this does not prove that the webhook is gone.',
      ),
    optPretty,
  }),
  result: result<Managed<unknown>>(),
  returns: "Asana's empty `data`, and the facts of our registry under `registry`.",
  example: { webhookGid: '1209000000000001' },
  errors: [...callingAsana, 'WebhookNotFound', 'ConnectionMismatch', 'WebhookStateUnknown'],
  scopes: [
    always('webhooks:delete'),
    ...provingGone,
    partly('a webhook that is not in the registry', 'webhooks:read'),
  ],
});
