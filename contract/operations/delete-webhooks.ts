import * as z from 'zod';
import type { BulkResult } from '../bulk.ts';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { bulk, flag, gids } from '../parameters.ts';
import { always, provingGone } from '../scopes.ts';

export const deleteWebhooks = operation({
  name: 'deleteWebhooks',
  summary:
    'Deletes all webhooks of a connection, or those on some resources. Repeat the call until its status is `done`.',
  changes: true,
  parameters: z
    .strictObject({
      resources: gids.optional().describe('The webhooks on these resources. Specify this, or set `all`.'),
      all: flag.optional().describe('Every webhook of the connection.'),
      ...bulk,
    })
    .refine(({ resources, all }) => (resources !== undefined) !== (all === true), {
      path: ['resources'],
      error: 'is required, or all must be true, and only one of them',
    }),
  result: result<BulkResult>(),
  returns: 'The same as createWebhooks.',
  example: { all: true, plan: true },
  errors: callingAsana,
  scopes: [always('webhooks:delete'), ...provingGone],
});
