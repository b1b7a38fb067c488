import { randomBytes } from 'node:crypto';
import type { OAuthRequest, OAuthRequests } from '../../core/connections/ports.ts';
import { oauthRequestAt, type Row } from './registry-key.ts';
import type { RegistryTable } from './registry-table.ts';
import { expiry, numberIn, textIn, texts } from './row.ts';

/** Pending authorizations in the registry table. */
export function createOAuthRequests(table: RegistryTable): OAuthRequests {
  return {
    async add(request) {
      await table.put(oauthRequestAt(request.id), toRow(request));
    },

    async find(id) {
      const row = await table.get(oauthRequestAt(id));
      return row === undefined || row.takenBy !== undefined ? undefined : fromRow(id, row);
    },

    async bind(id, browser) {
      const bound = await table.update(oauthRequestAt(id), {
        set: texts({ browser }),
        onlyIf: { absent: ['browser', 'takenBy'] },
      });
      return bound !== undefined;
    },

    async take(id) {
      // The row is marked and not deleted. If the answer is lost, the repeated write finds its own mark.
      const taken = await table.update(oauthRequestAt(id), {
        set: texts({ takenBy: randomBytes(12).toString('base64url') }),
        onlyIf: { absent: ['takenBy'] },
      });
      return taken && fromRow(id, taken);
    },
  };
}

function toRow(request: OAuthRequest): Row {
  const { id: _, scopes, expiresAt, ...plain } = request;
  return { ...texts({ ...plain, scopes: JSON.stringify(scopes) }), ...expiry(expiresAt) };
}

function fromRow(id: string, row: Row): OAuthRequest {
  return {
    id,
    connection: textIn(row, 'connection'),
    redirectUri: textIn(row, 'redirectUri'),
    codeVerifier: textIn(row, 'codeVerifier'),
    scopes: JSON.parse(textIn(row, 'scopes')) as readonly string[] | null,
    expiresAt: new Date(numberIn(row, 'expiresAt') * 1_000),
    ...(row.returnTo?.S !== undefined && { returnTo: row.returnTo.S }),
    ...(row.browser?.S !== undefined && { browser: row.browser.S }),
  };
}
