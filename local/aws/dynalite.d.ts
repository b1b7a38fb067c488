declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Creates a DynamoDB server. It stores its data in memory unless a path is given. */
  export default function dynalite(options?: {
    readonly path?: string;
    /** The milliseconds until a new table is active. */
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }): Server;
}
