import type { AsanaErrorName } from '../../../contract/errors.ts';
import type { AsanaFilter, AsanaWebhook, WebhookFilter } from '../../../contract/webhook.ts';
import { AsanaError } from '../../../core/errors.ts';
import type { AsanaClient, Project } from '../../../core/subscriptions/ports.ts';

/** The secret that the model sends in handshakes and answers. */
export const secret = 'b537207f20cbfa02357cf448134da559';

/** A webhook of the model. Only its user can see it. */
export interface ModelWebhook {
  readonly gid: string;
  readonly user: string;
  readonly workspace: string;
  readonly resource: string;
  readonly target: string;
  active: boolean;
  filters: readonly AsanaFilter[];
}

type Point = 'before' | 'handshake' | 'after' | 'get' | 'list' | 'update' | 'delete' | 'workspaces';

/** A small Asana. */
export interface AsanaModel {
  /** Every webhook of every user, the oldest first. */
  webhooks: ModelWebhook[];
  /** The calls so far: connection, operation and gid or resource. */
  readonly calls: string[];
  /** The timeouts of the create calls so far. */
  readonly timeouts: (number | undefined)[];
  /** What happens at a point of a call. `handshake` takes the place of the handshake. */
  trouble: Partial<Record<Point, () => unknown>>;
  /** The statuses with which workspaces refuse to list their webhooks. */
  readonly refusing: Map<string, number>;
  /** The workspaces of resources. Other resources are in the workspace 5. */
  readonly workspaceOf: Map<string, string>;
  projects: readonly Project[];
  client(connection: string, user: string): AsanaClient;
}

const workspaces = ['5', '6'];
const pageSize = 2;
const refusals: Readonly<Record<number, AsanaErrorName>> = {
  400: 'AsanaBadRequest',
  401: 'AsanaUnauthorized',
  402: 'AsanaPaymentRequired',
  403: 'AsanaForbidden',
  404: 'AsanaNotFound',
  429: 'AsanaRateLimited',
  500: 'AsanaUnavailable',
};

/** Asana's answer with a status that is not 2xx. */
export function answer(status: number, message = 'No.'): AsanaError {
  const name = refusals[status] ?? 'AsanaRefused';
  return new AsanaError(name, 'the call', { status, details: [{ message }] });
}

/** A call without an answer. */
export function noAnswer(): AsanaError {
  return new AsanaError('AsanaTimeout', 'the call', {});
}

/** Returns a function that throws an error. */
export function failing(error: Error): () => never {
  return () => {
    throw error;
  };
}

/** Asana returns every member of a filter, and null for those that are not set. */
export function withNulls({ resource_type, resource_subtype, action, fields }: WebhookFilter): AsanaFilter {
  return {
    resource_type: resource_type ?? null,
    resource_subtype: resource_subtype ?? null,
    action: action ?? null,
    fields: fields ?? null,
  };
}

/** Creates a small Asana without webhooks. It sends handshakes with `shakeHands`. */
export function createAsanaModel(shakeHands: (target: string) => Promise<unknown>): AsanaModel {
  let created = 0;
  const model: AsanaModel = {
    webhooks: [],
    calls: [],
    timeouts: [],
    trouble: {},
    refusing: new Map(),
    workspaceOf: new Map(),
    projects: [],
    client,
  };

  function client(connection: string, user: string): AsanaClient {
    const note = (call: string, gid = '') => void model.calls.push(`${connection} ${call} ${gid}`.trim());
    const find = (gid: string): ModelWebhook => {
      const found = model.webhooks.find((webhook) => webhook.gid === gid && webhook.user === user);
      if (found === undefined) throw answer(404, `webhook: Unknown object: ${gid}`);
      return found;
    };
    return {
      async createWebhook({ resource, target, filters = [] }, { timeoutMs }) {
        note('createWebhook', resource);
        model.timeouts.push(timeoutMs);
        await model.trouble.before?.();
        await (model.trouble.handshake ?? (() => shakeHands(target)))();
        const workspace = model.workspaceOf.get(resource) ?? '5';
        const gid = String(1000 + created);
        created += 1;
        const webhook = {
          gid,
          user,
          workspace,
          resource,
          target,
          active: true,
          filters: filters.map(withNulls),
        };
        model.webhooks.push(webhook);
        await model.trouble.after?.();
        return { body: { data: shown(webhook) }, webhookGid: gid, secret };
      },
      async getWebhook(gid, { optFields }) {
        note('getWebhook', gid);
        await model.trouble.get?.();
        return { data: shown(find(gid), optFields) };
      },
      async getWebhooks({ workspace, resource, offset, limit = pageSize }, { optFields = compact }) {
        note('getWebhooks', workspace);
        await model.trouble.list?.();
        const status = model.refusing.get(workspace);
        if (status !== undefined) throw answer(status);
        const all = model.webhooks
          .filter((webhook) => webhook.user === user && webhook.workspace === workspace)
          .filter((webhook) => resource === undefined || webhook.resource === resource);
        const from = Number(offset ?? 0);
        const to = from + Math.min(limit, pageSize);
        const data = all.slice(from, to).map((webhook) => shown(webhook, optFields));
        return { data, next_page: to < all.length ? { offset: String(to) } : null };
      },
      async updateWebhook(gid, { filters }) {
        note('updateWebhook', gid);
        await model.trouble.update?.();
        const webhook = find(gid);
        webhook.filters = filters.map(withNulls);
        return { data: shown(webhook) };
      },
      async deleteWebhook(gid) {
        note('deleteWebhook', gid);
        await model.trouble.delete?.();
        find(gid);
        model.webhooks = model.webhooks.filter((webhook) => webhook.gid !== gid);
        return { data: {} };
      },
      projects: async () => ({ items: model.projects, next: undefined }),
      async workspaces() {
        note('workspaces');
        await model.trouble.workspaces?.();
        return workspaces;
      },
    };
  }
  return model;
}

/** The members that Asana's lists contain unless other members are asked for. */
const compact = ['active', 'resource', 'target'];

/** A webhook as Asana shows it, with all members or with some. */
function shown(webhook: ModelWebhook, optFields?: readonly string[]): AsanaWebhook {
  const { gid, active, resource, target, filters } = webhook;
  const all = { active, resource: { gid: resource }, target, filters };
  if (optFields === undefined) return { gid, ...all };
  const names = optFields.map((name) => name.split('.')[0]);
  return { gid, ...Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))) };
}
