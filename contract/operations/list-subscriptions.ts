import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { chosenName, gid } from '../parameters.ts';
import type { SubscriptionFacts } from '../subscription.ts';

export const listSubscriptions = operation({
  name: 'listSubscriptions',
  summary: 'Lists the subscriptions in the registry. Asana is not called.',
  changes: false,
  parameters: z.strictObject({
    connection: chosenName.optional().describe('Only subscriptions of this connection. Default: all.'),
    resource: gid.optional().describe('Only subscriptions on this resource.'),
  }),
  result: result<{ readonly data: readonly SubscriptionFacts[] }>(),
  returns:
    'Every subscription that was not deleted, with its `name`, `connection`, `resource`, `filters`, what is `wanted` (`on` or `paused`), and its current `webhook`, which is null while there is none.',
  example: { connection: 'default' },
  errors: everyOperation,
});
