import type { WantedState } from '../../contract/subscription.ts';
import type { TimeBudget } from '../time-budget.ts';
import type { Credentials } from './credentials.ts';

/** The credentials of a connection as they were read. */
export interface StoredCredentials {
  readonly credentials: Credentials;
  /** Identifies this content of the secret. Every write gives the secret another version. */
  readonly version: string;
}

/** The connections' secrets. Failures throw StorageUnavailable. */
export interface ConnectionStore {
  names(): Promise<readonly string[]>;
  /**
   * Returns undefined if there is no such connection.
   *
   * @throws NamedError ConnectionNotReady if its secret cannot be parsed as credentials.
   */
  read(connection: string): Promise<StoredCredentials | undefined>;
  /**
   * Writes the credentials of a connection, whatever it contains. Creates the connection if it does not
   * exist. For credentials that a person has just given.
   */
  write(connection: string, credentials: Credentials): Promise<void>;
  /**
   * Writes the credentials of a connection if `version` is still its version. Never creates a connection.
   * Returns false, and changes nothing, if the connection has another version or does not exist.
   */
  replace(connection: string, version: string, credentials: Credentials): Promise<boolean>;
  /** Removes a connection and its credentials permanently. Does nothing if the connection does not exist. */
  remove(connection: string): Promise<void>;
}

/** The tokens that Asana's authorization server issues. */
export interface GrantedTokens {
  readonly accessToken: string;
  readonly expiresAt: Date;
  /** Absent if the old refresh token stays valid, as observed at Asana. */
  readonly refreshToken?: string;
  /** The gid of the user who granted access, if the answer contains it. */
  readonly userGid?: string;
}

/** Asana's authorization server, for the one app of this deployment. */
export interface AuthorizationServer {
  /** The address of the page where a person grants access. @throws NamedError OAuthNotConfigured */
  authorizationUrl(request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
    readonly scopes: readonly string[] | null;
  }): Promise<string>;
  /** @throws NamedError OAuthRefused if the code is not valid; OAuthNotConfigured; AsanaError */
  exchangeCode(grant: {
    readonly code: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
  }): Promise<GrantedTokens & { readonly refreshToken: string }>;
  /**
   * Returns new tokens, within `time`.
   *
   * @throws NamedError OAuthRefused only if Asana says that the grant is no longer valid; OAuthNotConfigured;
   * AsanaError for every other failure, after which the grant is as valid as before.
   */
  refresh(refreshToken: string, time: TimeBudget): Promise<GrantedTokens>;
  /**
   * Revokes a grant. A grant that is already revoked is not an error.
   *
   * @throws NamedError OAuthNotConfigured; AsanaError
   */
  revoke(refreshToken: string): Promise<void>;
}

/** A pending authorization: it was begun, and Asana has not sent the code yet. */
export interface OAuthRequest {
  /** The hash of its state, so that a reader of the table cannot complete the authorization. */
  readonly id: string;
  readonly connection: string;
  readonly redirectUri: string;
  /** The PKCE code verifier (RFC 7636). A stolen code is useless without it. */
  readonly codeVerifier: string;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date;
  /**
   * Where a customer's browser is redirected at the end; absent if a program in a terminal waits for the
   * code.
   */
  readonly returnTo?: string;
  /** The hash of the cookie value of the browser that began; absent until a browser has begun. */
  readonly browser?: string;
}

/**
 * Stores pending authorizations. One that has expired, or was taken, counts as absent. Failures throw
 * StorageUnavailable.
 */
export interface OAuthRequests {
  add(request: OAuthRequest): Promise<void>;
  /** Returns a request, and keeps it. */
  find(id: string): Promise<OAuthRequest | undefined>;
  /** Stores the browser that begins. Returns false if a browser has already begun, or there is no such request. */
  bind(id: string, browser: string): Promise<boolean>;
  /** Takes a request. Only one caller gets it. */
  take(id: string): Promise<OAuthRequest | undefined>;
}

/** A user as Asana returns it. */
export interface AsanaUser {
  readonly gid: string;
  readonly name?: string;
  readonly email?: string;
  readonly workspaces: readonly { readonly gid: string; readonly name?: string }[];
}

/** Reads the user of a token from Asana. Failures throw AsanaError. */
export interface AsanaUsers {
  /** The user of the token, and the workspaces of this user. */
  me(): Promise<AsanaUser>;
  /** The gid of the user of the token. Asks for nothing else, so the call needs only the scope `users:read`. */
  myGid(): Promise<string>;
}

/** The part of the registry that shows which subscriptions use a connection. Failures throw StorageUnavailable. */
export interface ConnectionUse {
  /** The subscriptions of a connection, in any wanted state. */
  subscriptionsOf(connection: string): Promise<readonly { readonly wanted: WantedState }[]>;
}
