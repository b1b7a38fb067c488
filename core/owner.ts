/**
 * The Asana user that a connection's credentials belong to. Asana shows a webhook only to the user and the app
 * that created it, so only a connection of the same owner can say that a webhook does not exist.
 */
export interface Owner {
  /** The gid of the user; absent if Asana does not show it. */
  readonly userGid?: string;
  /**
   * A keyed hash of the credentials, `<version of the encryption key>.<base64url>`. It is safe to store. The same
   * credentials have the same fingerprint until the encryption key is rotated or the credentials are renewed.
   */
  readonly fingerprint: string;
}

/** Finds the owners of connections. */
export interface Owners {
  /**
   * The owner of a connection's stored credentials. If Asana refuses to show the user, or cannot be asked, the
   * owner has no `userGid`. This is never an error.
   *
   * @throws NamedError ConnectionNotReady if the connection has no credentials; StorageUnavailable
   */
  of(connection: string): Promise<Owner>;
}

/**
 * Whether two owners are the same user. `unknown` if a gid is missing and the fingerprints differ: other
 * credentials can belong to the same user.
 */
export function isSameOwner(a: Owner, b: Owner): 'same' | 'other' | 'unknown' {
  if (a.userGid !== undefined && b.userGid !== undefined) return a.userGid === b.userGid ? 'same' : 'other';
  return a.fingerprint === b.fingerprint ? 'same' : 'unknown';
}
