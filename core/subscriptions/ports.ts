import type { AsanaBody, AsanaWebhook, WebhookFilter } from '../../contract/webhook.ts';
import type { Page } from '../pages.ts';
import type { Webhook } from '../webhook.ts';

/** The part of the registry that the management function needs. Storage failures throw StorageUnavailable. */
export interface Registry {
  find(hookKey: string): Promise<Webhook | undefined>;
  /**
   * The webhook with this gid. It is found through an index, so a row that was just written may be missing.
   */
  findByGid(webhookGid: string): Promise<Webhook | undefined>;
  /** The webhooks of a subscription, newest first. Found through an index. */
  findBySubscription(subscription: string): Promise<readonly Webhook[]>;
  /** The webhooks of a connection, in any status. */
  findByConnection(connection: string): Promise<readonly Webhook[]>;
  /**
   * Every subscription of the webhooks in the registry, including deleted webhooks whose row is still kept.
   */
  subscriptions(): Promise<readonly string[]>;
  /**
   * Adds a row. The row expires at `keepUntil` unless it becomes active before.
   * @throws StorageUnavailable also if the hook key exists, which 128 random bits rule out.
   */
  add(webhook: Webhook, keepUntil: Date): Promise<void>;
  /**
   * Sets a registering webhook to `active` and stores its gid.
   * Returns false and changes nothing if the webhook is no longer `registering`.
   */
  activate(hookKey: string, webhookGid: string): Promise<boolean>;
  /** Sets the status of a row that exists. A `deleted` row is kept until `keepUntil`. */
  setStatus(hookKey: string, status: 'active' | 'deleting'): Promise<void>;
  setStatus(hookKey: string, status: 'deleted', keepUntil: Date): Promise<void>;
  setFilters(hookKey: string, filters: readonly WebhookFilter[]): Promise<void>;
  /** Removes a row. Does nothing if there is no such row. */
  remove(hookKey: string): Promise<void>;
}

/** Asana's input/output options, with the names of its official client. */
export interface AsanaOptions {
  readonly optFields?: readonly string[];
  readonly optPretty?: boolean;
}

/** Asana's answer to a create call, with the secret removed from the body. */
export interface CreatedWebhook {
  readonly body: AsanaBody<AsanaWebhook>;
  readonly webhookGid: string;
  /** `X-Hook-Secret`, a sibling of `data` in the body of the answer; absent if Asana left it out. */
  readonly secret?: string;
}

/** Asana's page of webhooks. */
export type AsanaPage = AsanaBody<readonly AsanaWebhook[]> & {
  readonly next_page?: { readonly offset?: string } | null;
};

/** The owner of the projects. Exactly one of the two is set. */
export interface ProjectScope {
  readonly workspace?: string;
  readonly team?: string;
}

/** The members of a project that bulk operations need. */
export interface Project {
  readonly gid: string;
  readonly name?: string;
}

/**
 * The five webhook calls of Asana's API over one connection, and the calls that bulk operations and cleaning
 * up need. Failures throw AsanaError.
 */
export interface AsanaClient {
  createWebhook(
    request: {
      readonly resource: string;
      readonly target: string;
      readonly filters?: readonly WebhookFilter[];
    },
    options: AsanaOptions & { readonly timeoutMs?: number },
  ): Promise<CreatedWebhook>;
  getWebhook(webhookGid: string, options: AsanaOptions): Promise<AsanaBody<AsanaWebhook>>;
  getWebhooks(
    request: {
      readonly workspace: string;
      readonly resource?: string;
      readonly limit?: number;
      readonly offset?: string;
    },
    options: AsanaOptions,
  ): Promise<AsanaPage>;
  updateWebhook(
    webhookGid: string,
    request: { readonly filters: readonly WebhookFilter[] },
    options: AsanaOptions,
  ): Promise<AsanaBody<AsanaWebhook>>;
  deleteWebhook(webhookGid: string, options: Pick<AsanaOptions, 'optPretty'>): Promise<AsanaBody>;
  /** A page of the projects of a workspace or team that are not archived. */
  projects(
    scope: ProjectScope,
    page: { readonly limit: number; readonly offset?: string },
  ): Promise<Page<Project>>;
  /** The gids of the workspaces of the connection's user. */
  workspaces(): Promise<readonly string[]>;
}
