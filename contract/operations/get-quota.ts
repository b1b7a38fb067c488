import * as z from 'zod';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { connection } from '../parameters.ts';
import { always, everyWorkspace } from '../scopes.ts';
import type { RefusedWorkspace } from '../subscription.ts';

/** The number of webhooks compared with Asana's limits (Asana's webhooks guide, "Limits"). */
export interface Quota {
  readonly data: {
    readonly connection: string;
    /** Webhooks of this app for this user, in all workspaces. */
    readonly webhooks: { readonly used: number; readonly limit: number };
    /**
     * Webhooks per resource, the resources with the most webhooks first. Asana's limit counts the webhooks of
     * every app, but Asana shows only ours, so the real number may be higher than `used`.
     */
    readonly resources: readonly {
      readonly resource: string;
      readonly used: number;
      readonly limit: number;
    }[];
    /** The workspaces that refused to list their webhooks. Their webhooks are not counted. */
    readonly refused: readonly RefusedWorkspace[];
  };
}

export const getQuota = operation({
  name: 'getQuota',
  summary: "Counts a connection's webhooks against Asana's limits.",
  changes: false,
  parameters: z.strictObject({ connection }),
  result: result<Quota>(),
  returns:
    'The number of webhooks and the limit, in total and for each of the 100 resources with the most webhooks. Asana shows only the webhooks of this app, so a resource may have more. The workspaces that refuse to list their webhooks are under `refused`, and are not counted.',
  example: {},
  errors: callingAsana,
  scopes: [always('webhooks:read'), always(...everyWorkspace)],
});
