import type { AsanaBody, AsanaWebhook, WebhookFilter } from '../../contract/webhook.ts';
import type { Page } from '../pages.ts';
import type { Webhook } from '../webhook.ts';

/** The registry as the management function needs it. Storage failures throw StorageUnavailable. */
export interface Registry {
  find(hookKey: string): Promise<Webhook | undefined>;
  /** The webhook with this gid. Found through an index, so a row of the last second may be missing. */
  findByGid(webhookGid: string): Promise<Webhook | undefined>;
  /** The webhooks of a subscription, newest first. Found through an index. */
  findBySubscription(subscription: string): Promise<readonly Webhook[]>;
  /** The webhooks of a connection, in any status. */
  findByConnection(connection: string): Promise<readonly Webhook[]>;
  /** Every subscription that some webhook in the registry has, or had while its row is kept. */
  subscriptions(): Promise<readonly string[]>;
  /**
   * Adds a row, which expires at `keepUntil` unless it becomes active before.
   * @throws StorageUnavailable also when the hook key exists, which 128 random bits rule out.
   */
  add(webhook: Webhook, keepUntil: Date): Promise<void>;
  /**
   * Makes a registering webhook active and notes its gid.
   * Answers false, and changes nothing, where it is not `registering` any more.
   */
  activate(hookKey: string, webhookGid: string): Promise<boolean>;
  /** Sets the status of a row that exists. A `deleted` row is kept until `keepUntil`. */
  setStatus(hookKey: string, status: 'active' | 'deleting'): Promise<void>;
  setStatus(hookKey: string, status: 'deleted', keepUntil: Date): Promise<void>;
  setFilters(hookKey: string, filters: readonly WebhookFilter[]): Promise<void>;
  /** Removes a row. Does nothing where there is none. */
  remove(hookKey: string): Promise<void>;
}

/** Options of Asana's input/output, as its official client names them. */
export interface AsanaOptions {
  readonly optFields?: readonly string[];
  readonly optPretty?: boolean;
}

/** Asana's answer to a create call, with the secret taken out of the body. */
export interface CreatedWebhook {
  readonly body: AsanaBody<AsanaWebhook>;
  readonly webhookGid: string;
  /** `X-Hook-Secret`, which stands beside `data` in the answer; absent if Asana left it out. */
  readonly secret?: string;
}

/** Asana's page of webhooks. */
export type AsanaPage = AsanaBody<readonly AsanaWebhook[]> & {
  readonly next_page?: { readonly offset?: string } | null;
};

/** Whose projects: one of the two. */
export interface ProjectScope {
  readonly workspace?: string;
  readonly team?: string;
}

/** A project as far as bulk operations need it. */
export interface Project {
  readonly gid: string;
  readonly name?: string;
}

/**
 * The five webhook calls of Asana's API over one connection, and what cleaning up needs besides.
 * Failures throw AsanaError.
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
  /** The gids of the workspaces that the connection's user is in. */
  workspaces(): Promise<readonly string[]>;
}
