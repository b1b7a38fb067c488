/** How a connection stands, without asking Asana. */
export interface ConnectionFacts {
  readonly connection: string;
  readonly kind: 'personalAccessToken' | 'oauth2' | 'empty';
  /**
   * - `ready`: it has credentials.
   * - `empty`: nobody has connected it yet.
   * - `revoked`: Asana says that its grant is taken back.
   * - `refused`: Asana does not take its token; seen only by asking.
   * - `unreadable`: its secret holds something else.
   */
  readonly state: 'ready' | 'empty' | 'revoked' | 'refused' | 'unreadable';
  /** When an access token of OAuth2 ends; it is renewed before. */
  readonly expiresAt?: string;
}

/** How a connection stands, after asking Asana. */
export interface CheckedConnection extends ConnectionFacts {
  /** Null where the connection does not work, or may not ask who it is. */
  readonly user: { readonly gid: string; readonly name?: string; readonly email?: string } | null;
  readonly workspaces: readonly { readonly gid: string; readonly name?: string }[];
  /** Null where it may do whatever its user may. */
  readonly scopes: readonly string[] | null;
  /** What it can and cannot do here. */
  readonly can: {
    readonly readWebhooks: boolean;
    readonly writeWebhooks: boolean;
    readonly deleteWebhooks: boolean;
    /** Asana has no granular scope for events, so fetching what was missed takes full permissions. */
    readonly readEvents: boolean;
  };
}
