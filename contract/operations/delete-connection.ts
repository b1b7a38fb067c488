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
    /** Whether Asana revoked an OAuth2 grant. */
    readonly revoked: boolean;
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
      .describe('Deletes the connection even if it has webhooks. These cannot be managed afterwards.'),
  }),
  result: result<DeletedConnection>(),
  returns: 'How many webhooks the connection had, and whether Asana revoked its grant.',
  example: { connection: 'sales' },
  errors: [...everyOperation, 'ConnectionNotFound', 'ConnectionInUse'],
});
