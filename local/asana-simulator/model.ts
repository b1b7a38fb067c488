import type { SimulatorClock } from './clock.ts';
import type { Knobs } from './knobs.ts';

export interface User {
  readonly gid: string;
  readonly resource_type: 'user';
  readonly name: string;
  readonly email: string;
  readonly workspaces: Workspace[];
}

export interface Workspace {
  readonly gid: string;
  readonly resource_type: 'workspace';
  readonly name: string;
}

export interface Project {
  readonly gid: string;
  readonly resource_type: 'project';
  name: string;
  readonly workspace: Workspace;
}

export interface EnumOption {
  readonly gid: string;
  readonly resource_type: 'enum_option';
  readonly name: string;
}

export interface CustomField {
  readonly gid: string;
  readonly resource_type: 'custom_field';
  readonly resource_subtype: 'enum';
  readonly name: string;
  readonly enum_options: readonly EnumOption[];
  enum_value: EnumOption | null;
}

export interface Task {
  readonly gid: string;
  readonly resource_type: 'task';
  readonly resource_subtype: string;
  readonly workspace: Workspace;
  readonly created_at: string;
  name: string;
  notes: string;
  completed: boolean;
  completed_at: string | null;
  due_on: string | null;
  assignee: User | null;
  followers: User[];
  projects: Project[];
  parent: Task | null;
  custom_fields: CustomField[];
}

export interface Story {
  readonly gid: string;
  readonly resource_type: 'story';
  readonly resource_subtype: string;
  readonly type: 'comment' | 'system';
  readonly created_at: string;
  readonly created_by: User | null;
  readonly target: Task;
  text: string;
}

/** A resource that exists only so that a webhook can watch it: a team, a portfolio, a goal. */
export interface OtherResource {
  readonly gid: string;
  readonly resource_type: 'team' | 'portfolio' | 'goal' | 'user_task_list';
  readonly name: string;
  readonly workspace: Workspace;
}

export type Resource = User | Workspace | Project | Task | Story | OtherResource;

/** The user and app of a token. Webhooks are visible only to the app and user that created them. */
export interface Access {
  readonly token: string;
  readonly user: User;
  readonly app: string;
  /** Why the token is refused. Null if the token is accepted. */
  refused: 'revoked' | 'app-disabled' | 'plan' | null;
  /** When the token expires. Null if it never expires. */
  readonly expiresMs: number | null;
  /** Granular scopes. Null means full permissions. */
  readonly scopes: readonly string[] | null;
}

/** A recorded event, with complete objects. */
export interface RecordedEvent {
  readonly index: number;
  readonly user: User | null;
  readonly created_at: string;
  readonly action: string;
  readonly resource: Resource;
  readonly parent: Resource | null;
  readonly change?: Change;
  /** The gids of all resources that the event reaches. */
  readonly heardBy: ReadonlySet<string>;
}

export interface Change {
  readonly field: string;
  readonly action: string;
  readonly new_value?: ChangeValue | null;
  readonly added_value?: ChangeValue;
  readonly removed_value?: ChangeValue;
}

export interface ChangeValue {
  readonly gid: string;
  readonly resource_type: string;
  readonly resource_subtype?: string;
  readonly enum_value?: { readonly gid: string; readonly resource_type: string } | null;
}

export interface WebhookFilter {
  readonly resource_type: string | null;
  readonly resource_subtype: string | null;
  readonly action: string | null;
  readonly fields: readonly string[] | null;
}

export interface SimulatedWebhook {
  readonly gid: string;
  readonly owner: Access;
  readonly workspace: Workspace;
  readonly resource: Resource;
  readonly target: string;
  readonly secret: string;
  readonly created_at: string;
  active: boolean;
  filters: readonly WebhookFilter[];
  last_success_at: string | null;
  last_failure_at: string | null;
  last_failure_content: string;
  delivery_retry_count: number;
  next_attempt_after: string | null;
  failure_deletion_timestamp: string | null;
}

/** An app that is registered with Asana. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
  /** The granular scopes of the registration. Null means full permissions. */
  readonly scopes: readonly string[] | null;
}

/** A code that can be exchanged for tokens once, before it expires. */
export interface OAuthCode {
  readonly app: OAuthApp;
  readonly user: User;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly scopes: readonly string[] | null;
  readonly expiresMs: number;
}

/** The permissions that a user granted to an app. A refresh token represents them. */
export interface OAuthGrant {
  readonly app: OAuthApp;
  readonly user: User;
  readonly scopes: readonly string[] | null;
  isRevoked: boolean;
  /** The refresh token that replaces this grant's token. The old token is valid until its successor is used. */
  successor: string | null;
}

/** The whole state of the simulated Asana. */
export interface World {
  readonly clock: SimulatorClock;
  readonly knobs: Knobs;
  readonly accesses: Map<string, Access>;
  readonly resources: Map<string, Resource>;
  readonly customFields: Map<string, CustomField>;
  readonly webhooks: Map<string, SimulatedWebhook>;
  readonly events: RecordedEvent[];
  readonly syncTokens: Map<
    string,
    { readonly resource: string; readonly index: number; readonly expiresMs: number }
  >;
  /** By client id. */
  readonly apps: Map<string, OAuthApp>;
  readonly codes: Map<string, OAuthCode>;
  /** By refresh token. */
  readonly grants: Map<string, OAuthGrant>;
  /** Whether the user grants or refuses an app's request. */
  consent: 'grant' | 'refuse';
  /** The number of token requests. */
  tokenCalls: number;
  readonly offsets: Map<string, { readonly start: number; readonly expiresMs: number }>;
  /** Functions that are called with every recorded event. */
  readonly listeners: Set<(event: RecordedEvent) => void>;
  newGid(): string;
}

export function createWorld(clock: SimulatorClock, knobs: Knobs): World {
  let lastGid = 1_200_000_000_000_000;
  return {
    clock,
    knobs,
    accesses: new Map(),
    resources: new Map(),
    customFields: new Map(),
    webhooks: new Map(),
    events: [],
    syncTokens: new Map(),
    apps: new Map(),
    codes: new Map(),
    grants: new Map(),
    consent: 'grant',
    tokenCalls: 0,
    offsets: new Map(),
    listeners: new Set(),
    newGid() {
      lastGid += 1;
      return String(lastGid);
    },
  };
}
