import { askBefore } from '../ask.ts';
import type { Context } from '../context.ts';
import { Failed } from '../errors.ts';
import { describeFilters, type Filter } from '../filters.ts';
import type { CheckedConnection } from './connect.ts';

interface Webhook {
  readonly gid: string;
  readonly active: boolean;
  readonly resource?: { readonly gid: string; readonly resource_type?: string; readonly name?: string };
  readonly filters?: readonly Filter[];
  readonly last_success_at?: string | null;
  readonly last_failure_at?: string | null;
  readonly last_failure_content?: string | null;
}

interface Facts {
  readonly subscription: string;
  readonly status: string;
}

interface Managed {
  readonly data: Webhook;
  readonly registry: Facts | null;
  readonly ensured?: string;
}

interface Page {
  readonly data: readonly Webhook[];
  readonly registry: Readonly<Record<string, Facts>>;
}

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

export interface CreateOptions {
  readonly resource: string;
  readonly connection: string;
  readonly filters: readonly Filter[];
  readonly ensure: boolean;
  readonly idempotencyKey?: string;
}

export async function createWebhook(options: CreateOptions, { manage, out }: Context): Promise<void> {
  const { resource, connection, filters, ensure, idempotencyKey } = options;
  const made = await manage<Managed>({
    operation: ensure ? 'ensureWebhook' : 'createWebhook',
    resource,
    connection,
    filters,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  });
  out.result(made, () => {
    out.line(
      `Webhook ${made.data.gid} is ${made.ensured ?? 'created'}: ${describeFilters(made.data.filters)}.`,
    );
    if (made.registry) out.line(`Its events are ${made.registry.subscription}.`);
  });
}

/** Lists the webhooks of a workspace, or of every workspace of the connection's user. */
export async function listWebhooks(
  { workspace, resource, connection }: { workspace?: string; resource?: string; connection: string },
  { manage, out }: Context,
): Promise<void> {
  const workspaces = workspace === undefined ? await workspacesOf(connection, manage) : [workspace];
  const pages: Page[] = [];
  for (const gid of workspaces) {
    pages.push(
      await manage<Page>({
        operation: 'getWebhooks',
        workspace: gid,
        connection,
        all: true,
        optFields: listFields,
        ...(resource !== undefined && { resource }),
      }),
    );
  }
  const data = pages.flatMap((page) => page.data);
  const registry = Object.assign({}, ...pages.map((page) => page.registry)) as Page['registry'];
  out.result({ data, registry }, () =>
    out.table(
      ['WEBHOOK', 'RESOURCE', 'HEARS OF', 'STATUS', 'SUBSCRIPTION'],
      data.map(({ gid, resource: on, filters, active }) => [
        gid,
        [on?.name ?? on?.resource_type, on?.gid && `(${on.gid})`].filter(Boolean).join(' '),
        describeFilters(filters),
        registry[gid]?.status ?? (active ? 'elsewhere' : 'inactive'),
        registry[gid]?.subscription,
      ]),
      'There is no webhook: asana-webhooks create <resource>.',
    ),
  );
}

async function workspacesOf(connection: string, manage: Context['manage']): Promise<readonly string[]> {
  const { data } = await manage<{ data: CheckedConnection }>({ operation: 'checkConnection', connection });
  if (data.state === 'ready') return data.workspaces.map(({ gid }) => gid);
  throw new Failed(
    `The connection ${connection} does not work: it is ${data.state}. Connect it: asana-webhooks connect ${connection}.`,
  );
}

export async function getWebhook(webhookGid: string, { manage, out }: Context): Promise<void> {
  const found = await manage<Managed>({ operation: 'getWebhook', webhookGid });
  out.result(found, () => {
    const { data, registry } = found;
    const { resource } = data;
    const rows: readonly (readonly [string, unknown])[] = [
      ['webhook', data.gid],
      ['resource', `${resource?.resource_type ?? ''} ${resource?.name ?? ''} (${resource?.gid})`.trim()],
      ['hears of', describeFilters(data.filters)],
      ['active', data.active ? 'yes' : 'no'],
      ['last success', data.last_success_at],
      ['last failure', data.last_failure_at],
      ['why', data.last_failure_content],
      ['subscription', registry?.subscription ?? 'not at this endpoint'],
      ['status', registry?.status],
    ];
    for (const [name, value] of rows) if (value) out.line(`${name.padEnd(14)}${value}`);
  });
}

export async function updateWebhook(
  webhookGid: string,
  filters: readonly Filter[],
  { manage, out }: Context,
): Promise<void> {
  const updated = await manage<Managed>({ operation: 'updateWebhook', webhookGid, filters });
  out.result(updated, () =>
    out.line(`Webhook ${updated.data.gid} hears of ${describeFilters(updated.data.filters)}.`),
  );
}

export async function deleteWebhook(
  webhookGid: string,
  { yes }: { readonly yes: boolean },
  { manage, out }: Context,
): Promise<void> {
  await askBefore(`Delete the webhook ${webhookGid}? Its events will not come any more.`, yes);
  const deleted = await manage<object>({ operation: 'deleteWebhook', webhookGid });
  out.result(deleted, () => out.line(`Webhook ${webhookGid} is deleted.`));
}

export async function showQuota(connection: string, { manage, out }: Context): Promise<void> {
  const { data } = await manage<{
    data: {
      readonly webhooks: { readonly used: number; readonly limit: number };
      readonly resources: readonly {
        readonly resource: string;
        readonly used: number;
        readonly limit: number;
      }[];
    };
  }>({ operation: 'getQuota', connection });
  out.result(data, () => {
    out.line(`${data.webhooks.used} of the ${data.webhooks.limit} webhooks that an app may have for a user.`);
    out.table(
      ['RESOURCE', 'WEBHOOKS', 'OF'],
      data.resources.map(({ resource, used, limit }) => [resource, used, limit]),
      'There is no webhook yet.',
    );
  });
}
