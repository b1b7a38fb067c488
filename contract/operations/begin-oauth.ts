import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { address, chosenName } from '../parameters.ts';

/** What a person does next. */
export interface BegunOAuth {
  readonly data: {
    /** Where the person says yes; for a customer, our own address that leads there. */
    readonly authorizationUrl: string;
    /** Comes back with the code, and must be the same. */
    readonly state: string;
    readonly expiresAt: string;
  };
}

const scope = z
  .string('must be text')
  .regex(/^[a-z_]+(:[a-z_]+)?$/, 'must be a scope, as in "webhooks:read"');

export const beginOAuth = operation({
  name: 'beginOAuth',
  summary: 'Begins an authorization by OAuth2 and returns the address where a person grants access.',
  changes: true,
  parameters: z
    .strictObject({
      connection: chosenName.describe('The name of the connection that the grant is stored in.'),
      // A loopback address, of which a program may choose the port (RFC 8252, section 7.3).
      redirectUri: z
        .url('must be an address')
        .regex(
          /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/[^?#]*$/,
          'must be on http://127.0.0.1 or http://localhost',
        )
        .meta({ form: 'loopback address' })
        .optional()
        .describe('For a program at a terminal: where Asana sends the browser back. Name it or `returnTo`.'),
      returnTo: address
        .optional()
        .describe(
          "For a customer of yours in a browser: where they go in the end, one of the construct's `oauthReturnUrls`.",
        ),
      scopes: z
        .array(scope)
        .min(1, 'must name a scope')
        .readonly()
        .meta({ form: 'list of scopes' })
        .optional()
        .describe('The scopes to ask for. Leave it out for an app with full permissions.'),
    })
    .refine(({ redirectUri, returnTo }) => (redirectUri !== undefined) !== (returnTo !== undefined), {
      path: ['redirectUri'],
      error: 'or returnTo must be named, and only one of them',
    }),
  result: result<BegunOAuth>(),
  returns: 'The address for the browser, the `state` that comes back, and when it ends.',
  example: { connection: 'sales', redirectUri: 'http://localhost:8976/callback' },
  errors: [...everyOperation, 'OAuthNotConfigured'],
});
