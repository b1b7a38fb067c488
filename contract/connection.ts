/** The state of a connection as its secret shows it. Asana is not called. */
export interface ConnectionFacts {
  readonly connection: string;
  readonly kind: 'personalAccessToken' | 'oauth2' | 'empty';
  /**
   * - `ready`: it has credentials.
   * - `empty`: it has no credentials yet.
   * - `revoked`: Asana reported that its grant was revoked.
   * - `refused`: Asana does not accept its token. Known only after a call to Asana.
   * - `unreadable`: its secret cannot be parsed as credentials.
   */
  readonly state: 'ready' | 'empty' | 'revoked' | 'refused' | 'unreadable';
  /** When the OAuth2 access token expires. It is renewed before that. */
  readonly expiresAt?: string;
}

/** The state of a connection after a call to Asana. */
export interface CheckedConnection extends ConnectionFacts {
  /** Null if the connection does not work, or if scopes are missing. */
  readonly user: { readonly gid: string; readonly name?: string; readonly email?: string } | null;
  readonly workspaces: readonly { readonly gid: string; readonly name?: string }[];
  /** Null if the connection has full permissions: it may do everything that its user may do. */
  readonly scopes: readonly string[] | null;
  /**
   * The scopes without which Asana does not show the user: `users:read`, or `workspaces:read` for their
   * workspaces. Empty if Asana shows the user. Webhooks work without these scopes.
   */
  readonly missingScopes: readonly string[];
  /** Which calls the connection is allowed to make. */
  readonly can: {
    readonly readWebhooks: boolean;
    readonly writeWebhooks: boolean;
    readonly deleteWebhooks: boolean;
    /** Asana has no granular scope for events, so fetching missed events requires full permissions. */
    readonly readEvents: boolean;
  };
}
