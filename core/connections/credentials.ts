import { ManagementError } from '../errors.ts';

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

/** Tokens as Asana's authorization server gives them. */
export interface GrantedTokens {
  readonly accessToken: string;
  readonly expiresAt: Date;
  /** Absent where the old one stays, which is what Asana was seen to do. */
  readonly refreshToken?: string;
}

/** The connections' secrets. Failures throw StorageUnavailable. */
export interface ConnectionStore {
  names(): Promise<readonly string[]>;
  /**
   * Nothing where there is no such connection.
   *
   * @throws ManagementError ConnectionNotReady where its secret cannot be read as credentials.
   */
  read(connection: string): Promise<Credentials | undefined>;
  /** Writes the credentials of a connection, and makes it where it is not there. */
  write(connection: string, credentials: Credentials): Promise<void>;
  /** Removes a connection with its credentials, for good. Does nothing where there is none. */
  remove(connection: string): Promise<void>;
}

/** Asana's authorization server, for the one app of this deployment. */
export interface AuthorizationServer {
  /** Where a person says yes. @throws ManagementError OAuthNotConfigured */
  authorizationUrl(request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
    readonly scopes: readonly string[] | null;
  }): Promise<string>;
  /** @throws ManagementError OAuthRefused, OAuthNotConfigured; AsanaError */
  exchangeCode(grant: {
    readonly code: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
  }): Promise<GrantedTokens & { readonly refreshToken: string }>;
  /** @throws ManagementError OAuthRefused, OAuthNotConfigured; AsanaError */
  refresh(refreshToken: string): Promise<GrantedTokens>;
  /** Takes a grant back; one that is gone already will do. @throws as `refresh` */
  revoke(refreshToken: string): Promise<void>;
}

/** A connection without usable credentials, in words that say what to do. */
export function notReady(connection: string, why: string): ManagementError {
  return new ManagementError(
    'ConnectionNotReady',
    `Connection "${connection}" is not ready: ${why}. Connect it again with putConnection or beginOAuth.`,
  );
}
