import type { WebhookStatus } from '../../contract/webhook.ts';
import type { Credentials } from './credentials.ts';

/** The connections' secrets. Failures throw StorageUnavailable. */
export interface ConnectionStore {
  names(): Promise<readonly string[]>;
  /**
   * Nothing where there is no such connection.
   *
   * @throws NamedError ConnectionNotReady where its secret cannot be read as credentials.
   */
  read(connection: string): Promise<Credentials | undefined>;
  /** Writes the credentials of a connection, and makes it where it is not there. */
  write(connection: string, credentials: Credentials): Promise<void>;
  /** Removes a connection with its credentials, for good. Does nothing where there is none. */
  remove(connection: string): Promise<void>;
}

/** Tokens as Asana's authorization server gives them. */
export interface GrantedTokens {
  readonly accessToken: string;
  readonly expiresAt: Date;
  /** Absent where the old one stays, which is what Asana was seen to do. */
  readonly refreshToken?: string;
}

/** Asana's authorization server, for the one app of this deployment. */
export interface AuthorizationServer {
  /** Where a person says yes. @throws NamedError OAuthNotConfigured */
  authorizationUrl(request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
    readonly scopes: readonly string[] | null;
  }): Promise<string>;
  /** @throws NamedError OAuthRefused, OAuthNotConfigured; AsanaError */
  exchangeCode(grant: {
    readonly code: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
  }): Promise<GrantedTokens & { readonly refreshToken: string }>;
  /** @throws NamedError OAuthRefused, OAuthNotConfigured; AsanaError */
  refresh(refreshToken: string): Promise<GrantedTokens>;
  /** Takes a grant back; one that is gone already will do. @throws as `refresh` */
  revoke(refreshToken: string): Promise<void>;
}

/** An authorization under way, between asking a person and hearing from Asana. */
export interface OAuthRequest {
  /** The hash of its state: whoever reads the table cannot answer in the person's place. */
  readonly id: string;
  readonly connection: string;
  readonly redirectUri: string;
  /** PKCE's secret (RFC 7636), without which a stolen code is worth nothing. */
  readonly codeVerifier: string;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Date;
  /** Where a customer's browser goes in the end; absent where a program at a terminal waits for it. */
  readonly returnTo?: string;
  /** The hash of what the browser that began has in its cookie; absent until it has begun. */
  readonly browser?: string;
}

/** Remembers authorizations under way. Failures throw StorageUnavailable. */
export interface OAuthRequests {
  add(request: OAuthRequest): Promise<void>;
  /** A request that has not expired, and stays. */
  find(id: string, now: Date): Promise<OAuthRequest | undefined>;
  /** Notes the browser that begins. Answers false where one has begun already, or there is no such request. */
  bind(id: string, browser: string): Promise<boolean>;
  /** Takes a request that has not expired: it is there once. */
  take(id: string, now: Date): Promise<OAuthRequest | undefined>;
}

/** A user as Asana shows it. */
export interface AsanaUser {
  readonly gid: string;
  readonly name?: string;
  readonly email?: string;
  readonly workspaces: readonly { readonly gid: string; readonly name?: string }[];
}

/** Asana's own word on who a connection is. Failures throw AsanaError. */
export interface AsanaUsers {
  /** Who the connection is, and the workspaces that this user is in. */
  me(): Promise<AsanaUser>;
}

/** The registry as far as it tells what uses a connection. Failures throw StorageUnavailable. */
export interface ConnectionUse {
  /** The webhooks of a connection, in any status. */
  findByConnection(connection: string): Promise<readonly { readonly status: WebhookStatus }[]>;
}
