declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Makes a DynamoDB server, in memory unless a path is given. */
  export default function dynalite(options?: {
    readonly path?: string;
    /** Milliseconds that a table takes to become active. */
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }): Server;
}
