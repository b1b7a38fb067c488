import { describeFilters } from '../../contract/filter-notation.ts';
import type { ResultOf } from '../../contract/operations.ts';
import type { RefusedWorkspace } from '../../contract/subscription.ts';
import { type Context, command, text } from '../command.ts';
import { Failed } from '../errors.ts';
import { connection } from '../options.ts';
import { relative } from '../times.ts';

const listFields = [
  'active',
  'resource.name',
  'resource.resource_type',
  'target',
  'filters.resource_type',
  'filters.resource_subtype',
  'filters.action',
  'filters.fields',
];

/** Lists the webhooks of a workspace, or of every workspace of the connection's user. */
export const list = command('list', { summary: 'List webhooks', examples: [['list --json', '']] }, (take) => {
  const workspace = take(
    text('workspace', 'List webhooks of this workspace (default: all workspaces of the connection)'),
  );
  const resource = take(text('resource', 'List webhooks of the resource with this gid'));
  const account = take(connection);

  return async ({ read, manage, out, terminal }) => {
    const named = read(workspace);
    const workspaces = named === undefined ? await workspacesOf(read(account), manage) : [named];
    const pages: ResultOf<'getWebhooks'>[] = [];
    const refused: RefusedWorkspace[] = [];
    for (const gid of workspaces) {
      const request = { workspace: gid, resource: read(resource), connection: read(account) };
      try {
        pages.push(await manage('getWebhooks', { ...request, all: true, optFields: listFields }));
      } catch (error) {
        // A workspace can refuse a token that works in the others.
        if (!isRefusal(error) || workspaces.length === 1) throw error;
        refused.push({
          workspace: gid,
          error: error.name as RefusedWorkspace['error'],
          message: error.message,
        });
      }
    }
    if (pages.length === 0 && refused.length > 0) {
      throw new Failed(
        `Every workspace refuses to list its webhooks. ${refused[0]?.message}`,
        refused[0]?.error,
      );
    }
    for (const { workspace: gid, message } of refused) {
      out.warn(`The webhooks of the workspace ${gid} are not listed. ${message}`);
    }
    const data = pages.flatMap((page) => page.data);
    const registry = Object.fromEntries(pages.flatMap((page) => Object.entries(page.registry)));
    out.result({ data, registry, refused }, () =>
      out.table(
        [
          { head: 'WEBHOOK' },
          { head: 'RESOURCE', atLeast: 14 },
          { head: 'GID', drop: 3 },
          { head: 'FILTERS', atLeast: 24 },
          { head: 'STATUS' },
          { head: 'AT ASANA', drop: 4 },
          { head: 'LAST DELIVERY', drop: 2 },
          { head: 'SUBSCRIPTION', drop: 1 },
        ],
        data.map(({ gid, resource: on, filters, active }) => [
          gid,
          on?.name ?? on?.resource_type,
          on?.gid,
          describeFilters(filters),
          registry[gid]?.status ?? 'elsewhere',
          active === false ? 'inactive' : 'active',
          relative(registry[gid]?.lastDeliveryAt, terminal.now()),
          registry[gid]?.subscription,
        ]),
        'There are no webhooks. Create one: asana-webhooks create <resource>',
      ),
    );
  };
});

function isRefusal(error: unknown): error is Failed {
  const names = ['AsanaForbidden', 'AsanaPaymentRequired', 'AsanaNotFound', 'AsanaUnauthorized'];
  return error instanceof Failed && names.includes(error.name);
}

async function workspacesOf(account: string, manage: Context['manage']): Promise<readonly string[]> {
  const { data } = await manage('checkConnection', { connection: account });
  if (data.state === 'ready') {
    if (data.workspaces.length > 0) return data.workspaces.map(({ gid }) => gid);
    throw new Failed(
      `The token of the connection ${account} may not list its workspaces${data.missingScopes.length > 0 ? `: the scope ${data.missingScopes.join(', ')} is missing` : ''}. Use --workspace, or list what the registry has: asana-webhooks subscriptions list`,
      'WorkspacesUnknown',
    );
  }
  throw new Failed(
    `The connection ${account} does not work: it is ${data.state}. Connect it: asana-webhooks connect ${account}`,
    'ConnectionNotReady',
  );
}
