import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { chosenName, flag } from '../parameters.ts';

/** A connection that is gone. */
export interface DeletedConnection {
  readonly data: {
    readonly connection: string;
    /** How many webhooks it had. */
    readonly webhooks: number;
    /** Whether Asana took a grant of OAuth2 back. */
    readonly revoked: boolean;
  };
}

export const deleteConnection = operation({
  name: 'deleteConnection',
  summary: 'Deletes a connection and its credentials, and takes a grant of OAuth2 back at Asana.',
  changes: true,
  parameters: z.strictObject({
    connection: chosenName.describe('The name of the connection.'),
    force: flag
      .optional()
      .describe('Deletes it even while it has webhooks, which cannot be managed afterwards.'),
  }),
  result: result<DeletedConnection>(),
  returns: 'How many webhooks the connection had, and whether Asana took its grant back.',
  example: { connection: 'sales' },
  errors: [...everyOperation, 'ConnectionNotFound', 'ConnectionInUse'],
});
