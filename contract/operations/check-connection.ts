import * as z from 'zod';
import type { CheckedConnection } from '../connection.ts';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { connection } from '../parameters.ts';

export const checkConnection = operation({
  name: 'checkConnection',
  summary: 'Asks Asana who a connection is and what it can do.',
  changes: false,
  parameters: z.strictObject({ connection }),
  result: result<{ readonly data: CheckedConnection }>(),
  returns:
    "The connection's state, user, workspaces, scopes, and what it can and cannot do. A connection that does not work is a result, too: its `state` says why.",
  example: { connection: 'default' },
  errors: [...callingAsana, 'ConnectionNotFound'],
});
