/** A scope of Asana's OAuth that operations need. A token with full permissions needs none. */
export type Scope =
  | 'webhooks:read'
  | 'webhooks:write'
  | 'webhooks:delete'
  | 'users:read'
  | 'workspaces:read'
  | 'projects:read';

/** A scope that an operation needs. */
export interface NeededScope {
  /** Any one of these is enough. */
  readonly anyOf: readonly [Scope, ...Scope[]];
  /** What needs it. Absent if the operation cannot do its work without it. */
  readonly onlyFor?: string;
}

/** A scope without which an operation cannot do its work. */
export function always(...anyOf: NeededScope['anyOf']): NeededScope {
  return { anyOf };
}

/** A scope that only a part of an operation needs. */
export function partly(onlyFor: string, ...anyOf: NeededScope['anyOf']): NeededScope {
  return { anyOf, onlyFor };
}

/** Listing every workspace of the user. */
export const everyWorkspace = ['users:read', 'workspaces:read'] as const satisfies NeededScope['anyOf'];

const cleaning = 'cleaning up after a failed create';
const proving = 'proving that a webhook is gone';

/** Operations that prove that a webhook is gone if Asana answers "not found". */
export const provingGone = [
  partly(proving, 'users:read'),
  partly(proving, 'webhooks:read'),
] as const satisfies readonly NeededScope[];

/** Operations that create a webhook at this endpoint. */
export const creatingScopes = [
  always('webhooks:write'),
  partly('recording which user created the webhook', 'users:read'),
  partly(cleaning, 'webhooks:delete'),
  partly(`${cleaning} to which Asana did not answer`, 'webhooks:read'),
  partly(`${cleaning} to which Asana did not answer`, ...everyWorkspace),
] as const satisfies readonly NeededScope[];

/** Operations that make sure that a subscription has a working webhook. */
export const securingScopes = [
  always('webhooks:write'),
  partly('checking a webhook that exists', 'webhooks:read'),
  partly(`recording which user created the webhook, and ${proving}`, 'users:read'),
  partly(`${cleaning}, and deleting a webhook that was replaced`, 'webhooks:delete'),
  partly(`${cleaning} to which Asana did not answer`, ...everyWorkspace),
] as const satisfies readonly NeededScope[];

/** Operations that ask which user a token belongs to. */
export const askingUser = [
  partly('showing the user', 'users:read'),
  partly("showing the user's workspaces", 'workspaces:read'),
] as const satisfies readonly NeededScope[];
