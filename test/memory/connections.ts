import type { Credentials } from '../../core/connections/credentials.ts';
import type { ConnectionStore, OAuthRequest, OAuthRequests } from '../../core/connections/ports.ts';

export interface MemoryConnections extends ConnectionStore {
  readonly stored: Map<string, Credentials>;
}

/** Connections in memory. `default` always exists, because the stack creates it. */
export function createMemoryConnections(): MemoryConnections {
  const stored = new Map<string, Credentials>([['default', { kind: 'empty' }]]);
  return {
    stored,
    names: async () => [...stored.keys()].sort(),
    read: async (connection) => stored.get(connection),
    async write(connection, credentials) {
      stored.set(connection, credentials);
    },
    async remove(connection) {
      if (connection === 'default') stored.set('default', { kind: 'empty' });
      else stored.delete(connection);
    },
  };
}

/** Unfinished authorizations in memory. */
export function createMemoryOAuthRequests(): OAuthRequests {
  const requests = new Map<string, OAuthRequest>();
  return {
    async add(request) {
      requests.set(request.id, request);
    },
    async find(id, now) {
      const request = requests.get(id);
      return request !== undefined && request.expiresAt > now ? request : undefined;
    },
    async bind(id, browser) {
      const request = requests.get(id);
      if (request === undefined || request.browser !== undefined) return false;
      requests.set(id, { ...request, browser });
      return true;
    },
    async take(id, now) {
      const request = requests.get(id);
      requests.delete(id);
      return request !== undefined && request.expiresAt > now ? request : undefined;
    },
  };
}
