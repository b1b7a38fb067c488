import * as z from 'zod';
import { everyOperation } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { address, chosenName } from '../parameters.ts';

/** An authorization that was begun. */
export interface BegunOAuth {
  readonly data: {
    /**
     * The address where the person grants access. For a customer: an address at our endpoint that redirects
     * there.
     */
    readonly authorizationUrl: string;
    /** Asana returns it with the code; both must be equal. */
    readonly state: string;
    readonly expiresAt: string;
  };
}

const scope = z
  .string('must be text')
  .regex(/^[a-z_]+(:[a-z_]+)?$/, 'must be a scope, such as "webhooks:read"');

export const beginOAuth = operation({
  name: 'beginOAuth',
  summary: 'Begins an OAuth2 authorization and returns the address where a person grants access.',
  changes: true,
  parameters: z
    .strictObject({
      connection: chosenName.describe('The name of the connection in which the grant is stored.'),
      // A loopback address with any port, since the program chooses the port (RFC 8252, section 7.3).
      redirectUri: z
        .url('must be an address')
        .regex(
          /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/[^?#]*$/,
          'must be on http://127.0.0.1 or http://localhost',
        )
        .meta({ form: 'loopback address' })
        .optional()
        .describe(
          'For a program in a terminal: the address to which Asana sends the browser back. Specify this or `returnTo`.',
        ),
      returnTo: address
        .optional()
        .describe(
          "For a customer in a browser: the address to which they are sent at the end. It must be covered by the construct's `oauthReturnUrls`.",
        ),
      scopes: z
        .array(scope)
        .min(1, 'must name a scope')
        .readonly()
        .meta({ form: 'list of scopes' })
        .optional()
        .describe('The scopes to request. Leave it out for an app with full permissions.'),
    })
    .refine(({ redirectUri, returnTo }) => (redirectUri !== undefined) !== (returnTo !== undefined), {
      path: ['redirectUri'],
      error: 'or returnTo is required, and only one of them',
    }),
  result: result<BegunOAuth>(),
  returns: 'The address for the browser, the `state` that Asana returns, and when the authorization expires.',
  example: { connection: 'sales', redirectUri: 'http://localhost:8976/callback' },
  errors: [...everyOperation, 'OAuthNotConfigured'],
});
