import * as z from 'zod';
import type { CheckedConnection } from '../connection.ts';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { chosenName } from '../parameters.ts';
import { askingUser } from '../scopes.ts';

export const putConnection = operation({
  name: 'putConnection',
  summary: 'Checks a personal access token with Asana, and then stores it as a connection.',
  changes: true,
  parameters: z.strictObject({
    connection: chosenName.describe('The name of the connection.'),
    personalAccessToken: z
      .string('must be text')
      .trim()
      .regex(/^[\x21-\x7e]{8,1000}$/, 'must be a token, without spaces')
      .describe(
        "The token, from Asana's developer console. It is stored in Secrets Manager and never shown.",
      ),
  }),
  result: result<{ readonly data: CheckedConnection }>(),
  returns:
    'The same as checkConnection. If Asana does not accept the token, or cannot be asked, nothing is changed.',
  example: {
    connection: 'default',
    personalAccessToken: '2/1200000000000001/1200000000000002:0123456789abcdef',
  },
  errors: callingAsana,
  scopes: askingUser,
});
