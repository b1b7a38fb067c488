import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What belongs to a server besides its addresses on this machine. */
export interface OwnSite {
  /** The address of a tunnel to this server. */
  readonly publicUrl?: string;
  /** Paths to which another site may send a browser: by GET, in the browser's own window, as OAuth does. */
  readonly navigable?: readonly string[];
}

/**
 * Makes a server answer 403 to pages of other sites, before any other code sees the request. A page that is open in the
 * developer's browser can send requests to 127.0.0.1, and can read the answers when its own host name leads there (DNS
 * rebinding). A browser names the page in `Origin` and `Sec-Fetch-Site`, and the host name in `Host`. Programs send
 * neither of the first two. Every request listener must be there when this is called.
 *
 * The code stands here because the simulator imports nothing outside its folder and must be safe when it runs alone.
 * The other servers of local mode use the same code.
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
    const message = `Local mode takes no requests from other sites. Call http://127.0.0.1:${port} from a program, without Origin and Sec-Fetch-Site; for a tunnel to the HTTP API, name its address with --public-url.`;
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

/** The default port of a protocol may be written or left out. */
function ownOrigins(port: number, { publicUrl }: OwnSite): readonly string[] {
  const here = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `http://${host}:${port}`);
  const all = publicUrl === undefined ? here : [...here, publicUrl];
  return all.flatMap((address) => {
    const { origin, protocol, hostname, port: written } = new URL(address);
    const defaultPort = protocol === 'https:' ? 443 : 80;
    return written === '' ? [origin, `${protocol}//${hostname}:${defaultPort}`] : [origin];
  });
}
