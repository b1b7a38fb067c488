import { NamedError } from '../errors.ts';

/** A personal access token. It is valid until its owner revokes it. */
export interface PersonalAccess {
  readonly kind: 'personalAccessToken';
  readonly token: string;
}

/** The OAuth2 grant that a user gave to an app. */
export interface OAuthAccess {
  readonly kind: 'oauth2';
  readonly accessToken: string;
  readonly expiresAt: Date;
  /** The refresh token. */
  readonly refreshToken: string;
  /** The granular scopes that were requested; null for full permissions. */
  readonly scopes: readonly string[] | null;
  /** The gid of the user who granted access, if Asana's answer to the code contained it. */
  readonly userGid?: string;
  /** When Asana reported that the grant was revoked. */
  readonly revokedAt?: Date;
}

/** The credentials of this deployment's app in Asana. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The content of a connection's secret; `empty` until an account is connected. */
export type Credentials = PersonalAccess | OAuthAccess | { readonly kind: 'empty' };

/** The error for a connection without usable credentials. Its message says what to do. */
export function notReady(connection: string, why: string): NamedError {
  return new NamedError(
    'ConnectionNotReady',
    `Connection "${connection}" is not ready: ${why}. Connect it again with putConnection or beginOAuth.`,
  );
}
