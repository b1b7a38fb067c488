import * as z from 'zod';
import { callingAsana, creatingHook } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { filters, webhookGid } from '../parameters.ts';
import { everyWorkspace, partly } from '../scopes.ts';
import type { SubscriptionFacts } from '../subscription.ts';

const wantedStates = ['on', 'paused'] as const;

export const updateSubscription = operation({
  name: 'updateSubscription',
  summary: 'Replaces the filters of a subscription, pauses it, or resumes it.',
  changes: true,
  parameters: z
    .strictObject({
      subscription: webhookGid.describe("The subscription, or Asana's gid of one of its webhooks."),
      filters: filters
        .optional()
        .describe('The new list of filters. It replaces the whole old list, on the same webhook.'),
      wanted: z
        .enum(wantedStates, `must be ${wantedStates.join(' or ')}`)
        .meta({ form: '`on` or `paused`' })
        .optional()
        .describe(
          '`paused` deletes the webhook at Asana and keeps the subscription. `on` creates a webhook for it again. Events that happen during a pause are not delivered.',
        ),
    })
    .refine(({ filters: given, wanted }) => given !== undefined || wanted !== undefined, {
      path: ['filters'],
      error: 'or wanted is required',
    }),
  result: result<{ readonly data: SubscriptionFacts }>(),
  returns: 'The subscription after the change, as in listSubscriptions.',
  example: { subscription: 'sub_AAAAAAAAAAAAAAAAAAAAAA', wanted: 'paused' },
  errors: [...callingAsana, 'WebhookNotFound', ...creatingHook],
  scopes: [
    partly('new filters, and a resumption', 'webhooks:write'),
    partly('a pause, and cleaning up after a failed create', 'webhooks:delete'),
    partly('a resumption, and proving that a webhook is gone', 'webhooks:read'),
    partly('recording which user created the webhook, and proving that a webhook is gone', 'users:read'),
    partly('cleaning up after a failed create to which Asana did not answer', ...everyWorkspace),
  ],
});
