import type { AsanaBody, AsanaWebhook } from '../../contract/webhook.ts';
import type { AsanaUser, AsanaUsers } from '../../core/connections/ports.ts';
import { AsanaError } from '../../core/errors.ts';
import type {
  AsanaClient,
  AsanaOptions,
  AsanaPage,
  CreatedWebhook,
  Project,
} from '../../core/subscriptions/ports.ts';
import { type AsanaRequest, type AsanaTransport, callAsana } from './request.ts';
import { listWorkspaces } from './workspaces.ts';

/**
 * The webhook calls of Asana's REST API (OpenAPI description of the Asana API, tag Webhooks). The HTTP requests are the
 * same as those of Asana's official client.
 */
export function createAsanaClient(transport: AsanaTransport): AsanaClient & AsanaUsers {
  // The client assumes that Asana's bodies match its OpenAPI description. It checks only fields that later steps need.
  const call = async <Body extends AsanaBody>(request: AsanaRequest) =>
    (await callAsana(request, transport)) as Body;

  return {
    async createWebhook({ resource, target, filters }, { timeoutMs, ...options }) {
      const body = await call<AsanaBody>({
        method: 'POST',
        path: '/webhooks',
        query: optionsQuery(options),
        data: { resource, target, filters },
        timeoutMs,
      });
      return createdWebhook(body);
    },

    getWebhook: (webhookGid, options) =>
      call({ method: 'GET', path: pathOf(webhookGid), query: optionsQuery(options) }),

    getWebhooks: ({ workspace, resource, limit, offset }, options) =>
      call({
        method: 'GET',
        path: '/webhooks',
        query: { ...optionsQuery(options), limit: limit?.toString(), offset, resource, workspace },
      }),

    updateWebhook: (webhookGid, { filters }, options) =>
      call({ method: 'PUT', path: pathOf(webhookGid), query: optionsQuery(options), data: { filters } }),

    deleteWebhook: (webhookGid, options) =>
      call({ method: 'DELETE', path: pathOf(webhookGid), query: optionsQuery(options) }),

    async projects({ workspace, team }, { limit, offset }) {
      const path = workspace === undefined ? `/teams/${team}/projects` : `/workspaces/${workspace}/projects`;
      const query = { archived: 'false', limit: String(limit), offset, opt_fields: 'name' };
      const { data, next_page } = await call<AsanaBody<readonly Project[]> & Pick<AsanaPage, 'next_page'>>({
        method: 'GET',
        path,
        query,
      });
      return { items: (data ?? []).map(({ gid, name }) => ({ gid, name })), next: next_page?.offset };
    },

    async me() {
      const query = { opt_fields: 'name,email,workspaces.name' };
      return userIn(await call({ method: 'GET', path: '/users/me', query }));
    },

    async myGid() {
      return userIn(await call({ method: 'GET', path: '/users/me', query: { opt_fields: 'gid' } })).gid;
    },

    workspaces: () => listWorkspaces(call),
  };
}

/** A client for one token, which is neither read from a connection nor refreshed. */
export function createTokenClient(
  token: string,
  transport: Omit<AsanaTransport, 'token' | 'pace'>,
): AsanaUsers {
  return createAsanaClient({
    ...transport,
    token: { get: async () => token, renew: async () => undefined },
  });
}

function userIn({ data }: AsanaBody): AsanaUser {
  const { gid, name, email, workspaces } = (data ?? {}) as Partial<AsanaUser>;
  if (typeof gid !== 'string' || gid === '') {
    throw new AsanaError('AsanaUnavailable', 'GET /users/me', {
      status: 200,
      advice: 'The answer names no user: check the address in asanaBaseUrl.',
    });
  }
  return {
    gid,
    name,
    email,
    workspaces: (workspaces ?? []).map((workspace) => ({ gid: workspace.gid, name: workspace.name })),
  };
}

/** Separates the secret from the body, because the secret is used only for the comparison. */
function createdWebhook(answer: AsanaBody): CreatedWebhook {
  const isSecret = (name: string) => name.toLowerCase() === 'x-hook-secret';
  const entries = Object.entries(answer);
  const secret = entries.find(([name]) => isSecret(name))?.[1];
  const { data, ...rest } = Object.fromEntries(entries.filter(([name]) => !isSecret(name)));
  const { gid } = (data ?? {}) as { readonly gid?: unknown };
  if (typeof gid !== 'string') {
    throw new AsanaError('AsanaUnavailable', 'POST /webhooks', {
      status: 201,
      advice: 'The answer names no webhook.',
    });
  }
  const body = { ...rest, data: data as AsanaWebhook };
  return { body, webhookGid: gid, secret: typeof secret === 'string' ? secret : undefined };
}

function optionsQuery({ optFields, optPretty }: AsanaOptions): Record<string, string | undefined> {
  return { opt_fields: optFields?.join(','), opt_pretty: optPretty?.toString() };
}

function pathOf(webhookGid: string): string {
  return `/webhooks/${encodeURIComponent(webhookGid)}`;
}
