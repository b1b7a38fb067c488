import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { webhookGid } from '../parameters.ts';
import type { HookFacts, SubscriptionFacts } from '../subscription.ts';

/** A subscription with all its webhooks, the newest first: also those that were replaced or deleted. */
export type DetailedSubscription = SubscriptionFacts & { readonly webhooks: readonly HookFacts[] };

export const getSubscription = operation({
  name: 'getSubscription',
  summary: 'Reads one subscription from the registry. Asana is not called.',
  changes: false,
  parameters: z.strictObject({
    subscription: webhookGid.describe("The subscription, or Asana's gid of one of its webhooks."),
  }),
  result: result<{ readonly data: DetailedSubscription }>(),
  returns: 'The same as listSubscriptions for one subscription, and all its webhooks under `webhooks`.',
  example: { subscription: 'sub_AAAAAAAAAAAAAAAAAAAAAA' },
  errors: [...everyOperation, 'WebhookNotFound'],
});
