import type { Clock } from '../clock.ts';
import type {
  AsanaUsers,
  AuthorizationServer,
  ConnectionStore,
  ConnectionUse,
  OAuthRequests,
} from './ports.ts';

/** What the operations on connections work with. */
export interface ConnectionServices {
  readonly connections: ConnectionStore;
  readonly authorization: AuthorizationServer;
  readonly registry: ConnectionUse;
  readonly asana: (connection: string) => AsanaUsers;
  /** Lets go of a token in memory, for there is another. */
  readonly forgetToken: (connection: string) => void;
}

export interface OAuthServices extends ConnectionServices {
  readonly oauthRequests: OAuthRequests;
  readonly now: Clock;
  /** Where Asana reaches us, without a slash at the end. */
  readonly publicBaseUrl: string;
  /** Where customers may be sent in the end; none where nobody but people at a terminal connect. */
  readonly returnUrls: readonly string[];
}
