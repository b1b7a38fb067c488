import * as z from 'zod';
import type { CheckedConnection } from '../connection.ts';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { shortText } from '../parameters.ts';
import { askingUser } from '../scopes.ts';

export const finishOAuth = operation({
  name: 'finishOAuth',
  summary:
    'Completes an authorization that a program in a terminal began: exchanges the code and stores the tokens.',
  changes: true,
  parameters: z.strictObject({
    state: z
      .string('must be text')
      .regex(/^[A-Za-z0-9_-]{43}$/, 'must be the state of beginOAuth')
      .describe('The state that Asana returned with the code. It works once, within 10 minutes.'),
    code: shortText(2_000).describe('The code that Asana sent.'),
  }),
  result: result<{ readonly data: CheckedConnection }>(),
  returns:
    'The same as checkConnection. If Asana refuses the code or the new token, the stored credentials stay.',
  example: {
    state: 'qL8R4QIcQ_ZsRqOAbeRfcZhilN_MksRtDaErMA0ABCD',
    code: '1/1200000000000001:0123456789abcdef',
  },
  errors: [...callingAsana, 'ConnectionNotFound', 'OAuthStateUnknown', 'OAuthRefused'],
  scopes: askingUser,
});
