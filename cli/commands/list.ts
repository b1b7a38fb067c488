import { describeFilters } from '../../contract/filter-notation.ts';
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
    const pages = [];
    for (const gid of workspaces) {
      pages.push(
        await manage('getWebhooks', {
          workspace: gid,
          resource: read(resource),
          connection: read(account),
          all: true,
          optFields: listFields,
        }),
      );
    }
    const data = pages.flatMap((page) => page.data);
    const registry = Object.fromEntries(pages.flatMap((page) => Object.entries(page.registry)));
    out.result({ data, registry }, () =>
      out.table(
        [
          { head: 'WEBHOOK' },
          { head: 'RESOURCE', atLeast: 14 },
          { head: 'GID', drop: 3 },
          { head: 'FILTERS', atLeast: 24 },
          { head: 'STATUS' },
          { head: 'LAST DELIVERY', drop: 2 },
          { head: 'SUBSCRIPTION', drop: 1 },
        ],
        data.map(({ gid, resource: on, filters, active }) => [
          gid,
          on?.name ?? on?.resource_type,
          on?.gid,
          describeFilters(filters),
          registry[gid]?.status ?? (active ? 'elsewhere' : 'inactive'),
          relative(registry[gid]?.lastDeliveryAt, terminal.now()),
          registry[gid]?.subscription,
        ]),
        'There are no webhooks. Create one: asana-webhooks create <resource>',
      ),
    );
  };
});

async function workspacesOf(account: string, manage: Context['manage']): Promise<readonly string[]> {
  const { data } = await manage('checkConnection', { connection: account });
  if (data.state === 'ready') return data.workspaces.map(({ gid }) => gid);
  throw new Failed(
    `The connection ${account} does not work: it is ${data.state}. Connect it: asana-webhooks connect ${account}`,
    'ConnectionNotReady',
  );
}
