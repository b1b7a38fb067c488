import type { Clock } from '../clock.ts';
import type {
  AsanaUsers,
  AuthorizationServer,
  ConnectionStore,
  ConnectionUse,
  OAuthRequests,
} from './ports.ts';

/** The services of the operations on connections. */
export interface ConnectionServices {
  readonly connections: ConnectionStore;
  readonly authorization: AuthorizationServer;
  readonly registry: ConnectionUse;
  readonly asana: (connection: string) => AsanaUsers;
  /** A client for a token that is not stored, or not stored yet. It never refreshes the token. */
  readonly asanaOf: (token: string) => AsanaUsers;
  /** Removes the cached token of a connection, because its credentials have changed. */
  readonly forgetToken: (connection: string) => void;
}

export interface OAuthServices extends ConnectionServices {
  readonly oauthRequests: OAuthRequests;
  readonly now: Clock;
  /** The base URL at which Asana and customers' browsers reach our endpoint, without a slash at the end. */
  readonly publicBaseUrl: string;
  /**
   * The addresses to which customers may be redirected; empty if only people in a terminal connect accounts.
   */
  readonly returnUrls: readonly string[];
}
