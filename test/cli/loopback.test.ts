import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Loopback, listenForCode } from '../../cli/loopback.ts';

let loopback: Loopback | undefined;
afterEach(() => loopback?.close());

const visit = async (query: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${loopback?.redirectUri}${query}`, { headers });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

describe('the address that the browser returns to', () => {
  it('accepts the code that arrives with the state, and shows a page', async () => {
    loopback = await listenForCode(0);
    const code = loopback.codeFor('right');
    const page = await visit('?code=c&state=right');
    expect(page).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(page.text).toContain('<h1>Access granted</h1>');
    expect(await code).toBe('c');
  });

  it('ignores a wrong state, and keeps waiting', async () => {
    loopback = await listenForCode(0);
    const code = loopback.codeFor('right');
    expect(await visit('?code=x&state=wrong')).toMatchObject({ status: 400 });
    expect(await visit('?error=access_denied')).toMatchObject({ status: 400 });
    expect(await visit('?error=access_denied&state=wrong')).toMatchObject({ status: 400 });
    expect((await visit('?code=c&state=right')).status).toBe(200);
    expect(await code).toBe('c');
  });

  it.each([
    ['?error=access_denied&state=right', 'access was refused'],
    ['?error=forbidden_scopes&state=right', 'forbidden_scopes'],
    ['?error=%3Cscript%3E&state=right', 'script'],
    ['?state=right', 'it gave no reason'],
  ])('shows a page and the reason for %s', async (query, why) => {
    loopback = await listenForCode(0);
    const code = loopback.codeFor('right');
    const failed = expect(code).rejects.toThrow(`Asana sent no code: ${why}.`);
    expect((await visit(query)).text).toContain('<h1>Not connected</h1>');
    await failed;
  });

  it('refuses other host names and other paths', async () => {
    loopback = await listenForCode(0);
    expect((await fetch(loopback.redirectUri.replace('/callback', '/'))).status).toBe(404);
    expect(await foreign(loopback.redirectUri)).toBe(404);
  });

  it('fails at once if the port is in use', async () => {
    const other = createServer().listen(0, 'localhost');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(listenForCode(port)).rejects.toThrow(`Port ${port} is in use. Choose another with --port`);
    other.close();
  });
});

/** The status for a foreign Host header. fetch cannot set this header. */
async function foreign(address: string): Promise<number | undefined> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request(`${address}?code=c&state=right`, { headers: { Host: 'evil.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });
}
