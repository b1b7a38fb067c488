import { NamedError } from '../errors.ts';

/** A personal access token, which lasts until its owner takes it back. */
export interface PersonalAccess {
  readonly kind: 'personalAccessToken';
  readonly token: string;
}

/** What a user has granted to an app. */
export interface OAuthAccess {
  readonly kind: 'oauth2';
  readonly accessToken: string;
  readonly expiresAt: Date;
  /** What a new access token is had for. */
  readonly refreshToken: string;
  /** The granular scopes that were asked for; null for full permissions. */
  readonly scopes: readonly string[] | null;
  /** When Asana said that the grant is taken back. */
  readonly revokedAt?: Date;
}

/** The app of this deployment, as it is registered with Asana. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What a connection's secret holds; `empty` until somebody connects. */
export type Credentials = PersonalAccess | OAuthAccess | { readonly kind: 'empty' };

/** A connection without usable credentials, in words that say what to do. */
export function notReady(connection: string, why: string): NamedError {
  return new NamedError(
    'ConnectionNotReady',
    `Connection "${connection}" is not ready: ${why}. Connect it again with putConnection or beginOAuth.`,
  );
}
