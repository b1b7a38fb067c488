import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type OwnSite, refuseOtherSites } from '../asana-simulator/other-sites.ts';

/** A server that listens on 127.0.0.1. */
export interface Listening {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** The port is used by another process. */
export class PortInUse extends Error {
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is in use`);
    this.name = 'PortInUse';
    this.port = port;
  }
}

/**
 * Makes the server listen on 127.0.0.1 and refuse requests from other websites. Port 0 selects a free port.
 *
 * @throws PortInUse
 */
export async function listen(server: Server, port: number, site: OwnSite = {}): Promise<Listening> {
  refuseOtherSites(server, site);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortInUse(port) : error),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: chosen } = server.address() as AddressInfo;
  return {
    port: chosen,
    url: `http://127.0.0.1:${chosen}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
