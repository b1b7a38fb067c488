import type { Credentials } from '../../core/connections/credentials.ts';
import type { ConnectionStore } from '../../core/connections/ports.ts';

export interface MemoryConnections extends ConnectionStore {
  readonly stored: Map<string, Credentials>;
}

/** Connections in memory. `default` always exists, because the stack creates it. */
export function createMemoryConnections(): MemoryConnections {
  const versions = new Map<string, string>();
  let writes = 0;
  const touch = (connection: string) => {
    writes += 1;
    versions.set(connection, String(writes));
  };
  // A test may change what is stored directly. Such a change is a new version, too.
  const stored = new (class extends Map<string, Credentials> {
    override set(connection: string, credentials: Credentials): this {
      touch(connection);
      return super.set(connection, credentials);
    }
  })();
  stored.set('default', { kind: 'empty' });
  return {
    stored,
    names: async () => [...stored.keys()].sort(),
    async read(connection) {
      const credentials = stored.get(connection);
      return credentials && { credentials, version: versions.get(connection) ?? '' };
    },
    async write(connection, credentials) {
      stored.set(connection, credentials);
    },
    async replace(connection, version, credentials) {
      if (!stored.has(connection) || versions.get(connection) !== version) return false;
      stored.set(connection, credentials);
      return true;
    },
    async remove(connection) {
      if (connection === 'default') stored.set('default', { kind: 'empty' });
      else stored.delete(connection);
    },
  };
}
