import * as z from 'zod';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { asanaOptions, connection, gid, optionalFilters } from '../parameters.ts';
import type { AsanaWebhook, Managed } from '../webhook.ts';

/**
 * What was done.
 *
 * - `found`: the webhook existed with these filters.
 * - `updated`: the webhook existed with other filters.
 * - `created`: there was no webhook.
 * - `recreated`: a webhook with a target at our endpoint existed, but we do not have its secret. Asana never
 *   shows a secret again.
 */
export type Ensured = 'found' | 'updated' | 'created' | 'recreated';

export type EnsuredWebhook = Managed<AsanaWebhook> & { readonly ensured: Ensured };

export const ensureWebhook = operation({
  name: 'ensureWebhook',
  summary:
    'Makes sure that a resource has one working webhook with these filters. It can be called repeatedly.',
  changes: true,
  parameters: z.strictObject({
    connection,
    resource: gid.describe('Gid of the resource to watch.'),
    filters: optionalFilters.describe('The events that Asana sends. Default: all events of the resource.'),
    ...asanaOptions,
  }),
  result: result<EnsuredWebhook>(),
  returns:
    'The same as createWebhook, and under `ensured` what was done: `found`, `updated`, `created`, or `recreated` if the secret of the old webhook was lost.',
  example: { resource: '1208000000000001', filters: [{ resource_type: 'task' }] },
  errors: [...callingAsana, 'HandshakeNotConfirmed', 'CreateInProgress'],
});
