import * as z from 'zod';
import { callingAsana, creatingHook } from '../errors.ts';
import { operation, result } from '../operation.ts';
import {
  address,
  asanaOptions,
  connection,
  flag,
  gid,
  optionalFilters,
  shortText,
  subscriptionName,
} from '../parameters.ts';
import { creatingScopes, partly } from '../scopes.ts';
import type { AsanaWebhook, Managed } from '../webhook.ts';

export const createWebhook = operation({
  name: 'createWebhook',
  summary: 'Creates a webhook at Asana whose target is this endpoint, which answers the handshake.',
  changes: true,
  parameters: z.strictObject({
    connection,
    resource: gid.describe('Gid of the resource to watch.'),
    filters: optionalFilters.describe('The events that Asana sends. Default: all events of the resource.'),
    target: address
      .optional()
      .describe('Leave it out for a target at this endpoint. A target elsewhere requires `external`.'),
    external: flag
      .optional()
      .describe('`target` is an endpoint of another system, and that system answers the handshake.'),
    name: subscriptionName
      .optional()
      .describe('A name for the subscription. It must be unique among the subscriptions of the connection.'),
    idempotencyKey: shortText(256)
      .optional()
      .describe('Calls with the same key within 24 hours create only one webhook.'),
    ...asanaOptions,
  }),
  result: result<Managed<AsanaWebhook>>(),
  returns:
    "Asana's webhook under `data`, and the facts of our registry under `registry`, which is null for an external target.",
  example: {
    resource: '1208000000000001',
    filters: [{ resource_type: 'task', action: 'changed', fields: ['due_on', 'completed'] }],
  },
  errors: [...callingAsana, 'TargetNotOurs', 'NameTaken', ...creatingHook, 'IdempotencyKeyReused'],
  scopes: [...creatingScopes, partly('a second call with the same idempotencyKey', 'webhooks:read')],
});
