import type { WantedState } from '../../contract/subscription.ts';
import type { AsanaBody, AsanaWebhook, WebhookFilter, WebhookStatus } from '../../contract/webhook.ts';
import type { Hook } from '../hook.ts';
import type { Page } from '../pages.ts';
import type { Subscription } from '../subscription.ts';

/** The outcome of adding a subscription. */
export type Added =
  | { readonly kind: 'added' }
  /** The connection has a subscription with this handle. */
  | { readonly kind: 'taken'; readonly subscription: Subscription }
  /** Another call is adding a subscription with this handle. */
  | { readonly kind: 'busy' };

/** What a transition writes besides the status. */
export interface HookChange {
  readonly webhookGid?: string;
  /** When the row expires. Without it, the row does not expire. */
  readonly keepUntil?: Date;
  readonly acceptUntil?: Date;
}

/**
 * The part of the registry that the management function needs. Every read is consistent, and an expired row is
 * absent. Every write can be repeated with the same effect. Storage failures throw StorageUnavailable.
 */
export interface Registry {
  findHook(hookKey: string): Promise<Hook | undefined>;
  /** The hooks with these hook keys, in any order. */
  findHooks(hookKeys: readonly string[]): Promise<readonly Hook[]>;
  findByGid(webhookGid: string): Promise<Hook | undefined>;
  /** The hooks of a subscription, the highest generation first. */
  hooksOf(subscription: string): Promise<readonly Hook[]>;
  findSubscription(id: string): Promise<Subscription | undefined>;
  /** The subscription of a connection with this handle. */
  findByHandle(connection: string, handle: string): Promise<Subscription | undefined>;
  /** The subscriptions of a connection, the oldest first, in any wanted state. */
  subscriptionsOf(connection: string): Promise<readonly Subscription[]>;
  /** The names of the connections that have, or had, subscriptions. */
  connections(): Promise<readonly string[]>;
  /** The id of every subscription, including deleted subscriptions whose row is still kept. */
  subscriptions(): Promise<readonly string[]>;

  /** Adds a subscription. It expires at `keepUntil` unless `keepSubscription` is called before. */
  addSubscription(subscription: Subscription, keepUntil: Date): Promise<Added>;
  /**
   * Makes a subscription permanent, with this hook as its current hook. Returns false if the subscription has
   * another generation than the hook, or is not wanted any more.
   */
  keepSubscription(hook: Hook): Promise<boolean>;
  /**
   * Takes the next generation of a subscription, before another hook is created for it. Only one caller gets
   * each generation. Returns undefined if the subscription is no longer at `subscription.generation`, or is
   * not wanted `on`.
   */
  takeGeneration(subscription: Subscription): Promise<Subscription | undefined>;
  /** Changes a subscription. Returns the changed subscription, or undefined if there is none, or it is `off`. */
  changeSubscription(id: string, change: SubscriptionChange): Promise<Subscription | undefined>;
  /** Gives a subscription, which is `off`, an expiry, and frees its handle. */
  endSubscription(subscription: Subscription, keepUntil: Date): Promise<void>;
  /** Removes a subscription that has no hook, unless another call has taken its next generation, paused or deleted it. */
  removeSubscription(subscription: Subscription): Promise<void>;

  /**
   * Adds a hook. It expires at `keepUntil` unless a transition sets another expiry. Returns false if the hook
   * exists: another call has closed it before the answer of this call arrived.
   */
  addHook(hook: Hook, keepUntil: Date): Promise<boolean>;
  /**
   * Moves a hook from one of the statuses `from` to `to`, in one conditional write. Returns the hook after the
   * transition, or undefined if it has another status. A hook never goes back (see `isForward`).
   */
  transition(
    hookKey: string,
    from: readonly WebhookStatus[],
    to: WebhookStatus,
    change: HookChange,
  ): Promise<Hook | undefined>;
  /** Removes a hook that does not exist at Asana. */
  removeHook(hook: Hook): Promise<void>;
}

/** A change of a subscription. A member that is absent stays as it is. */
export interface SubscriptionChange {
  readonly filters?: readonly WebhookFilter[];
  readonly wanted?: WantedState;
  readonly resource?: string;
  readonly workspace?: string;
  /** Gives up the handle, because it no longer describes the subscription. */
  readonly dropHandle?: boolean;
}

/** What an idempotency key was used for. */
export interface IdempotencyRecord {
  /** Identifies the parameters, so that the use of the key with other parameters is noticed. */
  readonly fingerprint: string;
  readonly subscription: string;
  readonly expiresAt: Date;
}

/** Stores idempotency records. Failures throw StorageUnavailable. */
export interface IdempotencyRecords {
  find(id: string): Promise<IdempotencyRecord | undefined>;
  put(id: string, record: IdempotencyRecord): Promise<void>;
  remove(id: string): Promise<void>;
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
