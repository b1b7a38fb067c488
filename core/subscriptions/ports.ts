import type { LoggedEvent } from '../event.ts';
import type { SealingKey } from '../hook-secret.ts';
import type { Webhook, WebhookFilter } from '../webhook.ts';

/** The present moment. An argument everywhere, so that no test needs a fake timer. */
export type Clock = () => Date;

/** What came of storing a handshake's secret. When it was not stored, the row as it stands says why. */
export type SecretStored = { readonly stored: true } | { readonly stored: false; readonly webhook?: Webhook };

/** The registry as the receiver needs it. Every read is consistent. Storage failures throw StorageUnavailable. */
export interface ReceiverRegistry {
  find(hookKey: string): Promise<Webhook | undefined>;
  /**
   * Stores the sealed secret in one conditional write: the webhook is `registering`, its window is open, and
   * no other secret is stored. The same sealed secret again counts as stored.
   */
  storeSecret(hookKey: string, sealedSecret: string, now: Date): Promise<SecretStored>;
  /** Notes that a verified delivery was seen. Does nothing for an unknown hook key. */
  noteDelivery(hookKey: string, now: Date): Promise<void>;
}

/** The registry as the management function needs it. Storage failures throw StorageUnavailable. */
export interface ManagementRegistry {
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

/** Who works, or worked, for an idempotency key. */
export interface IdempotencyClaim {
  /** Identifies connection and idempotency key. */
  readonly id: string;
  /** Identifies the parameters, so that a key used for something else is noticed. */
  readonly fingerprint: string;
  readonly hookKey: string;
  /** Until then the claimant may still be at work; it is dead afterwards. */
  readonly leaseEndsAt: Date;
  /** When the claim is forgotten. */
  readonly expiresAt: Date;
}

/** Remembers idempotency keys. Storage failures throw StorageUnavailable. */
export interface IdempotencyClaims {
  /**
   * Claims in one conditional write. Where a claim stands that has not expired and is not `replaces`, nothing
   * changes and that claim is the answer.
   */
  claim(
    wanted: IdempotencyClaim,
    now: Date,
    replaces?: IdempotencyClaim,
  ): Promise<IdempotencyClaim | undefined>;
  /** Gives up a claim, where it is still this one. */
  release(claim: IdempotencyClaim): Promise<void>;
}

/** The event log. */
export interface EventLog {
  /**
   * Stores every event under its subscription, time and event id. The events' ids differ from each other.
   * Storing an event again changes nothing.
   *
   * @throws StorageUnavailable unless every event is stored before `deadline`.
   */
  append(events: readonly LoggedEvent[], deadline: Date): Promise<void>;
}

/** The sealing key in its versions. */
export interface SealingKeys {
  current(): Promise<SealingKey>;
  /** @throws StorageUnavailable where there is no such version. */
  version(version: string): Promise<SealingKey>;
}

/** A JSON body as Asana sent it. */
export type AsanaBody = Readonly<Record<string, unknown>>;

/** Options of Asana's input/output, as its official client names them. */
export interface AsanaOptions {
  readonly optFields?: readonly string[];
  readonly optPretty?: boolean;
}

/** Asana's answer to a create call, with the secret taken out of the body. */
export interface CreatedWebhook {
  readonly body: AsanaBody;
  readonly webhookGid: string;
  /** `X-Hook-Secret`, which stands beside `data` in the answer; absent if Asana left it out. */
  readonly secret?: string;
}

/** Whose projects: one of the two. */
export interface ProjectScope {
  readonly workspace?: string;
  readonly team?: string;
}

export interface ProjectPage {
  readonly projects: readonly { readonly gid: string; readonly name?: string }[];
  /** The offset of the next page; none at the end. */
  readonly next?: string;
}

/** A user as Asana shows it. */
export interface AsanaUser {
  readonly gid: string;
  readonly name?: string;
  readonly email?: string;
  readonly workspaces: readonly { readonly gid: string; readonly name?: string }[];
}

/**
 * The five webhook calls of Asana's API over one connection, and what cleaning up needs besides.
 * Failures throw AsanaError.
 */
export interface AsanaWebhooks {
  createWebhook(
    request: {
      readonly resource: string;
      readonly target: string;
      readonly filters?: readonly WebhookFilter[];
    },
    options: AsanaOptions & { readonly timeoutMs?: number },
  ): Promise<CreatedWebhook>;
  getWebhook(webhookGid: string, options: AsanaOptions): Promise<AsanaBody>;
  getWebhooks(
    request: {
      readonly workspace: string;
      readonly resource?: string;
      readonly limit?: number;
      readonly offset?: string;
    },
    options: AsanaOptions,
  ): Promise<AsanaBody>;
  updateWebhook(
    webhookGid: string,
    request: { readonly filters: readonly WebhookFilter[] },
    options: AsanaOptions,
  ): Promise<AsanaBody>;
  deleteWebhook(webhookGid: string, options: Pick<AsanaOptions, 'optPretty'>): Promise<AsanaBody>;
  /** A page of the projects of a workspace or team that are not archived. */
  projects(
    scope: ProjectScope,
    page: { readonly limit: number; readonly offset?: string },
  ): Promise<ProjectPage>;
  /** Who the connection is, and the workspaces that this user is in. */
  me(): Promise<AsanaUser>;
  /** The gids of the workspaces that the connection's user is in. */
  workspaces(): Promise<readonly string[]>;
}
