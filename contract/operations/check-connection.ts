import * as z from 'zod';
import type { CheckedConnection } from '../connection.ts';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { connection } from '../parameters.ts';
import { askingUser } from '../scopes.ts';

export const checkConnection = operation({
  name: 'checkConnection',
  summary: 'Asks Asana which user a connection belongs to and which calls it may make.',
  changes: false,
  parameters: z.strictObject({ connection }),
  result: result<{ readonly data: CheckedConnection }>(),
  returns:
    "The connection's state, user, workspaces and scopes, and which calls it may make. If the connection does not work, the operation still succeeds and `state` says why.",
  example: { connection: 'default' },
  errors: [...callingAsana, 'ConnectionNotFound'],
  scopes: askingUser,
});
