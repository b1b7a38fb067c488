import * as z from 'zod';
import { callingAsana, creatingHook } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { asanaOptions, connection, gid, optionalFilters, subscriptionName } from '../parameters.ts';
import { securingScopes } from '../scopes.ts';
import type { SubscriptionFacts } from '../subscription.ts';
import type { AsanaWebhook, Managed } from '../webhook.ts';

/**
 * What was done.
 *
 * - `found`: the subscription exists, and its webhook works.
 * - `updated`: the filters at Asana were not what is wanted, and were replaced.
 * - `created`: there was no such subscription.
 * - `recreated`: the subscription exists, but its webhook did not. A new webhook serves it.
 * - `paused`: the subscription exists and is paused. Nothing was done.
 */
export type Ensured = 'found' | 'updated' | 'created' | 'recreated' | 'paused';

/** Asana's webhook, or null if the subscription is paused. */
export type EnsuredWebhook = Managed<AsanaWebhook | null> & {
  readonly ensured: Ensured;
  /** The other subscriptions of the connection on this resource. They were not changed. */
  readonly others: readonly SubscriptionFacts[];
};

export const ensureWebhook = operation({
  name: 'ensureWebhook',
  summary: 'Makes sure that a subscription exists and has one working webhook. It can be called repeatedly.',
  changes: true,
  parameters: z.strictObject({
    connection,
    resource: gid.describe('Gid of the resource to watch.'),
    filters: optionalFilters.describe('The events that Asana sends. Default: all events of the resource.'),
    name: subscriptionName
      .optional()
      .describe(
        'Finds the subscription by this name, and changes its resource and filters to what is asked. Without a name, it is found by exactly this resource and these filters, and no subscription is changed.',
      ),
    ...asanaOptions,
  }),
  result: result<EnsuredWebhook>(),
  returns:
    "The same as createWebhook; under `ensured` what was done: `found`, `updated`, `created`, `recreated` if Asana no longer had the webhook, or `paused` (then nothing was done, and `data` is null); and under `others` the connection's other subscriptions on the resource.",
  example: { resource: '1208000000000001', filters: [{ resource_type: 'task' }], name: 'bugs' },
  errors: [...callingAsana, ...creatingHook],
  scopes: securingScopes,
});
