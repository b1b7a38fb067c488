import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { chosenName, flag } from '../parameters.ts';

/** A connection that was deleted. */
export interface DeletedConnection {
  readonly data: {
    readonly connection: string;
    /** How many webhooks it had. */
    readonly webhooks: number;
    /**
     * What happened to the OAuth2 grant at Asana:
     *
     * - `none`: the connection had no grant.
     * - `revoked`: the grant is revoked.
     * - `not-revoked`: Asana did not revoke the grant, and `force` was set. The grant may still be valid.
     * - `unknown`: the secret could not be parsed, so a grant may still be valid.
     */
    readonly grant: 'none' | 'revoked' | 'not-revoked' | 'unknown';
  };
}

export const deleteConnection = operation({
  name: 'deleteConnection',
  summary: 'Deletes a connection and its credentials, and revokes an OAuth2 grant at Asana.',
  changes: true,
  parameters: z.strictObject({
    connection: chosenName.describe('The name of the connection.'),
    force: flag
      .optional()
      .describe(
        'Deletes the connection even if it has webhooks, which cannot be managed afterwards, or if Asana does not revoke its grant.',
      ),
  }),
  result: result<DeletedConnection>(),
  returns: 'How many webhooks the connection had, and whether its OAuth2 grant is revoked at Asana.',
  example: { connection: 'sales' },
  errors: [
    ...everyOperation,
    'ConnectionNotFound',
    'ConnectionInUse',
    'OAuthNotConfigured',
    'AsanaRateLimited',
    'AsanaRefused',
    'AsanaUnavailable',
    'AsanaTimeout',
  ],
});
