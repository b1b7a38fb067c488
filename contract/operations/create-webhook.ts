import * as z from 'zod';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { address, asanaOptions, connection, flag, gid, optionalFilters, shortText } from '../parameters.ts';
import type { AsanaWebhook, Managed } from '../webhook.ts';

export const createWebhook = operation({
  name: 'createWebhook',
  summary: 'Creates a webhook at Asana, with a target at this endpoint whose handshake is answered.',
  changes: true,
  parameters: z.strictObject({
    connection,
    resource: gid.describe('Gid of the resource to watch.'),
    filters: optionalFilters.describe('What Asana sends. Default: everything that the resource hears of.'),
    target: address
      .optional()
      .describe('Leave it out: the target at this endpoint is made here. Another endpoint needs `external`.'),
    external: flag
      .optional()
      .describe('`target` is an endpoint of another system, which answers the handshake.'),
    idempotencyKey: shortText(256)
      .optional()
      .describe('Calls with the same key within 24 hours make one webhook.'),
    ...asanaOptions,
  }),
  result: result<Managed<AsanaWebhook>>(),
  returns:
    "Asana's webhook under `data`, and our own facts under `registry`, which is null for an external target.",
  example: {
    resource: '1208000000000001',
    filters: [{ resource_type: 'task', action: 'changed', fields: ['due_on', 'completed'] }],
  },
  errors: [
    ...callingAsana,
    'TargetNotOurs',
    'HandshakeNotConfirmed',
    'CreateInProgress',
    'IdempotencyKeyReused',
  ],
});
