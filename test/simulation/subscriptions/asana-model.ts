import type { AsanaBody, AsanaWebhook, WebhookFilter } from '../../../contract/webhook.ts';
import { AsanaError } from '../../../core/errors.ts';

/** A webhook at Asana. */
export interface AtAsana {
  readonly gid: string;
  /** The user who created it. Asana shows it to no other user. */
  readonly user: string;
  readonly resource: string;
  readonly target: string;
  readonly secret: string;
  filters: readonly WebhookFilter[];
  active: boolean;
}

/** What a create call asks for. */
export interface Wanted {
  readonly user: string;
  readonly resource: string;
  readonly target: string;
  readonly filters: readonly WebhookFilter[];
}

/** A small model of Asana: the webhooks of each user, in one workspace. */
export interface AsanaModel {
  readonly webhooks: ReadonlyMap<string, AtAsana>;
  /** The gids of the webhooks that Asana removed by itself. */
  readonly removedByItself: ReadonlySet<string>;
  insert(wanted: Wanted, secret: string): AtAsana;
  get(user: string, gid: string): AtAsana;
  list(user: string, resource: string | undefined): readonly AtAsana[];
  delete(user: string, gid: string): AtAsana;
  /** Asana removes a webhook, as it does after a day of failures. */
  drop(gid: string): void;
}

export const workspace = '9';

/** Creates an Asana without webhooks. */
export function createAsanaModel(): AsanaModel {
  const webhooks = new Map<string, AtAsana>();
  const removedByItself = new Set<string>();
  let nextGid = 1001;
  const get = (user: string, gid: string) => {
    const webhook = webhooks.get(gid);
    if (webhook?.user !== user) throw refused('AsanaNotFound', 404, 'webhook: Unknown object');
    return webhook;
  };
  return {
    webhooks,
    removedByItself,
    get,
    insert({ user, resource, target, filters }, secret) {
      for (const other of webhooks.values()) {
        if (other.user === user && other.resource === resource && other.target === target) {
          throw refused('AsanaForbidden', 403, 'A webhook with this resource and target exists');
        }
      }
      const gid = String(nextGid++);
      const webhook: AtAsana = { gid, user, resource, target, secret, filters, active: true };
      webhooks.set(gid, webhook);
      return webhook;
    },
    list: (user, resource) =>
      [...webhooks.values()].filter(
        (webhook) => webhook.user === user && (resource === undefined || webhook.resource === resource),
      ),
    delete(user, gid) {
      const webhook = get(user, gid);
      webhooks.delete(gid);
      return webhook;
    },
    drop(gid) {
      webhooks.delete(gid);
      removedByItself.add(gid);
    },
  };
}

/** Asana's answer that refuses a call, in its own envelope. */
export function refused(
  name: 'AsanaNotFound' | 'AsanaForbidden' | 'AsanaBadRequest',
  status: number,
  message: string,
): AsanaError {
  return new AsanaError(name, 'simulated', { status, details: [{ message }] });
}

/** The failure of a call without an answer. */
export function timedOut(call: string): AsanaError {
  return new AsanaError('AsanaTimeout', call, { advice: 'The call timed out. Call again.' });
}

/** A webhook as Asana shows it. */
export function shown({ gid, resource, target, filters, active }: AtAsana): AsanaWebhook {
  return { gid, active, resource: { gid: resource }, target, filters };
}

export function bodyOf(webhook: AtAsana): AsanaBody<AsanaWebhook> {
  return { data: shown(webhook) };
}
