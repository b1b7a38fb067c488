import type { AsanaBody } from '../../contract/webhook.ts';
import { AsanaError } from '../../core/errors.ts';
import { pages } from '../../core/pages.ts';
import type { AsanaRequest } from './request.ts';

type Call = (request: AsanaRequest) => Promise<AsanaBody>;

interface Gid {
  readonly gid: string;
}

/**
 * The gids of the workspaces of a token's user. Asana shows them with either of two scopes: `users:read` for the user, or
 * `workspaces:read` for the list of workspaces (OpenAPI description of the Asana API, security of the two calls).
 *
 * @throws AsanaError if Asana refuses both calls. The message names both scopes.
 */
export async function listWorkspaces(call: Call): Promise<readonly string[]> {
  try {
    const { data } = await call({ method: 'GET', path: '/users/me', query: { opt_fields: 'workspaces' } });
    return gidsIn((data as { readonly workspaces?: readonly Gid[] } | undefined)?.workspaces);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return await listDirectly(call).catch((second: unknown) => {
      if (!isRefusal(second)) throw second;
      error.add('To list workspaces, the token needs the scope users:read or workspaces:read.');
      throw error;
    });
  }
}

async function listDirectly(call: Call): Promise<readonly string[]> {
  const found: string[] = [];
  const read = async (offset: string | undefined) => {
    const body = await call({ method: 'GET', path: '/workspaces', query: { limit: '100', offset } });
    const next = body.next_page as { readonly offset?: string } | null | undefined;
    return { items: gidsIn(body.data as readonly Gid[] | undefined), next: next?.offset };
  };
  for await (const items of pages(read)) found.push(...items);
  return found;
}

function gidsIn(workspaces: readonly Gid[] | undefined): readonly string[] {
  return (workspaces ?? []).map(({ gid }) => gid);
}

/** A missing scope was seen as 403 and as 401. */
function isRefusal(error: unknown): error is AsanaError {
  return error instanceof AsanaError && ['AsanaForbidden', 'AsanaUnauthorized'].includes(error.name);
}
