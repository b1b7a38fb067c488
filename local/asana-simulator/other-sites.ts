import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server accepts in addition to its addresses on this machine. */
export interface OwnSite {
  /** The address of a tunnel to this server. */
  readonly publicUrl?: string;
  /** Paths to which another site may navigate a browser window by GET, as OAuth does. */
  readonly navigable?: readonly string[];
}

/**
 * Makes a server answer 403 to pages of other sites, before any other code handles the request. A page that is open in
 * the developer's browser can send requests to 127.0.0.1. It can also read the answers if its own host name resolves to
 * 127.0.0.1 (DNS rebinding). A browser names the page in `Origin` and `Sec-Fetch-Site`, and the host name in `Host`.
 * Programs send neither `Origin` nor `Sec-Fetch-Site`. Add every request listener before you call this function.
 *
 * This code is in this folder because the simulator imports nothing outside its folder and must be safe when it runs
 * alone. The other servers of local mode use the same code.
 */
export function refuseOtherSites(server: Server, site: OwnSite = {}): void {
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const { port } = server.address() as AddressInfo;
    if (isOwn(request, port, site)) {
      for (const listener of listeners) listener.call(server, request, response);
      return;
    }
    const message = `Local mode refuses requests from other sites. Call http://127.0.0.1:${port} from a program, without the headers Origin and Sec-Fetch-Site. If a tunnel leads to the HTTP API, set the tunnel's address with --public-url.`;
    response.writeHead(403, { 'Content-Type': 'application/json', Connection: 'close' });
    response.end(JSON.stringify({ message }));
  });
}

function isOwn({ method, url, headers }: IncomingMessage, port: number, site: OwnSite): boolean {
  const origins = ownOrigins(port, site);
  const hosts = origins.map((origin) => origin.replace(/^https?:\/\//, ''));
  if (!hosts.includes(headers.host?.toLowerCase() ?? '')) return false;
  if (headers.origin !== undefined && !origins.includes(headers.origin)) return false;
  const from = headers['sec-fetch-site'] ?? 'none';
  if (from === 'none' || from === 'same-origin') return true;
  return (
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    (headers['sec-fetch-dest'] ?? 'document') === 'document' &&
    (site.navigable ?? []).includes(url?.split('?')[0] ?? '')
  );
}

/** Returns the accepted origins. The default port of a protocol may be present or absent. */
function ownOrigins(port: number, { publicUrl }: OwnSite): readonly string[] {
  const here = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}`);
  const all = publicUrl === undefined ? here : [...here, publicUrl];
  return all.flatMap((address) => {
    const { origin, protocol, hostname, port: written } = new URL(address);
    const defaultPort = protocol === 'https:' ? 443 : 80;
    return written === '' ? [origin, `${protocol}//${hostname}:${defaultPort}`] : [origin];
  });
}
