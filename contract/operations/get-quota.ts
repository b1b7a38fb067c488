import * as z from 'zod';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { connection } from '../parameters.ts';

/** What is used of what Asana allows (Asana's webhooks guide, "Limits"). */
export interface Quota {
  readonly data: {
    readonly connection: string;
    /** Webhooks of this app for this user, in all workspaces. */
    readonly webhooks: { readonly used: number; readonly limit: number };
    /**
     * Webhooks on a resource, those with the most first. Asana counts those of every app, and shows only ours: what
     * is used may be more.
     */
    readonly resources: readonly {
      readonly resource: string;
      readonly used: number;
      readonly limit: number;
    }[];
  };
}

export const getQuota = operation({
  name: 'getQuota',
  summary: "Counts a connection's webhooks against Asana's limits.",
  changes: false,
  parameters: z.strictObject({ connection }),
  result: result<Quota>(),
  returns:
    'What is used and allowed, in all and for each of the 100 resources with the most webhooks. Asana shows only the webhooks of this app, so a resource may have more.',
  example: {},
  errors: callingAsana,
});
