import * as z from 'zod';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { asanaOptions, connection, gid, optionalFilters } from '../parameters.ts';
import type { AsanaWebhook, Managed } from '../webhook.ts';

/**
 * What was done.
 *
 * - `found`: it was there, with these filters.
 * - `updated`: it was there, with other filters.
 * - `created`: there was none.
 * - `recreated`: there was one to our endpoint whose secret we do not have; Asana never shows it again.
 */
export type Ensured = 'found' | 'updated' | 'created' | 'recreated';

export type EnsuredWebhook = Managed<AsanaWebhook> & { readonly ensured: Ensured };

export const ensureWebhook = operation({
  name: 'ensureWebhook',
  summary:
    'Makes sure that a resource has one working webhook with these filters. It can be called any number of times.',
  changes: true,
  parameters: z.strictObject({
    connection,
    resource: gid.describe('Gid of the resource to watch.'),
    filters: optionalFilters.describe('What Asana sends. Default: everything that the resource hears of.'),
    ...asanaOptions,
  }),
  result: result<EnsuredWebhook>(),
  returns:
    'As createWebhook, and under `ensured` what was done: `found`, `updated`, `created`, or `recreated` where the secret of the old one was lost.',
  example: { resource: '1208000000000001', filters: [{ resource_type: 'task' }] },
  errors: [...callingAsana, 'HandshakeNotConfirmed', 'CreateInProgress'],
});
