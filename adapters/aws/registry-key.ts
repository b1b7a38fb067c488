import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A row as DynamoDB stores it. */
export type Row = Record<string, AttributeValue>;

/** The key of a row in the registry table. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export function toKey({ pk, sk }: Key): Row {
  return { pk: { S: pk }, sk: { S: sk } };
}

// Every kind of row has its own prefix. A policy of a function can therefore allow single kinds of rows.

/** A hook. */
export function hookAt(hookKey: string): Key {
  return { pk: `hook#${hookKey}`, sk: 'hook' };
}

/** Which hook has a webhook gid. It is a row, because an index lags behind. */
export function gidAt(webhookGid: string): Key {
  return { pk: `gid#${webhookGid}`, sk: 'gid' };
}

/** A subscription. */
export function subscriptionAt(id: string): Key {
  return { pk: `sub#${id}`, sk: 'sub' };
}

/** That a subscription has a hook. */
export function hookPointerAt(subscription: string, hookKey: string): Key {
  return { pk: `sub#${subscription}`, sk: `hook#${hookKey}` };
}

/** That a connection has a subscription. */
export function subscriptionPointerAt(connection: string, subscription: string): Key {
  return { pk: `conn#${connection}`, sk: `sub#${subscription}` };
}

/** That a connection has, or had, subscriptions. */
export function connectionAt(connection: string): Key {
  return { pk: 'connections', sk: connection };
}

/** Which subscription of a connection has a handle. */
export function handleAt(connection: string, handle: string): Key {
  return { pk: `name#${connection}#${handle}`, sk: 'name' };
}

export function leaseAt(name: string): Key {
  return { pk: `lease#${name}`, sk: 'lease' };
}

/** What an idempotency key was used for. */
export function idempotencyAt(id: string): Key {
  return { pk: `idempotency#${id}`, sk: 'idempotency' };
}

/** A pending authorization. */
export function oauthRequestAt(id: string): Key {
  return { pk: `oauth#${id}`, sk: 'oauth' };
}

/** The state of a replay. */
export function replayAt(id: string): Key {
  return { pk: `replay#${id}`, sk: 'replay' };
}
