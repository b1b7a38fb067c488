import * as z from 'zod';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { asanaOptions, connection, flag, gid, shortText, upTo } from '../parameters.ts';
import { always } from '../scopes.ts';
import type { AsanaBody, AsanaWebhook, RegistryFacts } from '../webhook.ts';

/** Asana's page, and the facts of the registry by gid, for the webhooks whose target is our endpoint. */
export type WebhookPage = AsanaBody<readonly AsanaWebhook[]> & {
  readonly registry: Readonly<Record<string, RegistryFacts>>;
};

export const getWebhooks = operation({
  name: 'getWebhooks',
  summary: "Lists the webhooks that the connection's user created with this app in a workspace.",
  changes: false,
  parameters: z.strictObject({
    connection,
    workspace: gid.describe('Gid of the workspace.'),
    resource: gid.optional().describe('Only webhooks on this resource.'),
    all: flag.optional().describe('Reads every page and returns them as one.'),
    limit: upTo(100).optional().describe('The number of webhooks per page.'),
    offset: shortText(4_096)
      .optional()
      .describe('Where the page begins: `next_page.offset` of the previous page.'),
    ...asanaOptions,
  }),
  result: result<WebhookPage>(),
  returns:
    "Asana's list under `data`, Asana's `next_page`, and the facts of our registry by gid under `registry`.",
  example: { workspace: '1207000000000001', all: true },
  errors: callingAsana,
  scopes: [always('webhooks:read')],
});
