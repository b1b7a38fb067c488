import { fromHookRow } from '../../../adapters/aws/hook-row.ts';
import { hookAt, type Row, subscriptionAt } from '../../../adapters/aws/registry-key.ts';
import { isExpired } from '../../../adapters/aws/row.ts';
import { fromSubscriptionRow } from '../../../adapters/aws/subscription-row.ts';
import type { WebhookStatus } from '../../../contract/webhook.ts';
import { type Hook, hookKeyIn, isForward } from '../../../core/hook.ts';
import type { Subscription } from '../../../core/subscription.ts';
import type { AsanaModel, AtAsana } from './asana-model.ts';
import { baseUrl } from './base-url.ts';

/** What is known of a hook, also after its row is gone. */
export interface Known {
  readonly hookKey: string;
  readonly subscription: string;
  readonly generation: number;
  status: WebhookStatus;
  wasActive: boolean;
  isRemoved: boolean;
  /** The caller that wrote the row last. */
  writer: string;
}

/** A caller, and what it was asked to delete or pause: a subscription or a gid. */
export interface Caller {
  readonly name: string;
  readonly ends?: string | undefined;
}

/** Follows every hook, and checks each write and each deletion at Asana when it happens. */
export interface Ledger {
  /** The broken invariants, the first first. */
  readonly broken: string[];
  /** The hooks by hook key. */
  readonly hooks: ReadonlyMap<string, Known>;
  readonly takeovers: number;
  rowChanged(caller: Caller, before: Row | undefined, after: Row | undefined): void;
  deletedAtAsana(caller: Caller, webhook: AtAsana): void;
}

/** The rows of the registry, and the time by which they expire. */
interface Registered {
  readonly rows: ReadonlyMap<string, Row>;
  readonly now: () => Date;
}

/** Creates the ledger of a world. */
export function createLedger(world: Registered & { readonly asana: AsanaModel }): Ledger {
  const broken: string[] = [];
  const hooks = new Map<string, Known>();
  let takeovers = 0;

  function hookChanged(caller: Caller, before: Row | undefined, after: Row | undefined): void {
    const hook = fromHookRow((after ?? before) as Row);
    const known = hooks.get(hook.hookKey);
    if (after === undefined) {
      if (known === undefined) return;
      known.isRemoved = true;
      if (known.wasActive) closed(known, hook);
      return;
    }
    if (known === undefined) {
      const { hookKey, subscription, generation, status } = hook;
      const isTakeover =
        generation > 1 &&
        [...hooks.values()].some((other) => other.subscription === subscription && !other.wasActive);
      if (isTakeover) takeovers += 1;
      hooks.set(hookKey, {
        ...{ hookKey, subscription, generation, status },
        ...{ wasActive: status === 'active', isRemoved: false, writer: caller.name },
      });
      return;
    }
    if (known.isRemoved) broken.push(`(5) the hook ${hook.hookKey} came back after its removal`);
    if (hook.status !== known.status) {
      if (!isForward(known.status, hook.status)) {
        broken.push(`(5) the hook ${hook.hookKey} went back from ${known.status} to ${hook.status}`);
      }
      known.status = hook.status;
      if (hook.status === 'active') activated(known, hook);
      if (hook.status === 'deleted' && known.wasActive) closed(known, hook);
    }
    known.writer = caller.name;
  }

  function activated(known: Known, hook: Hook): void {
    known.wasActive = true;
    const subscription = subscriptionOf(world, hook.subscription);
    if (subscription === undefined || subscription.expiresAt !== undefined) {
      broken.push(`(7) the hook ${hook.hookKey} became active without a permanent subscription`);
    }
    if (
      !world.asana.webhooks.has(hook.webhookGid ?? '') &&
      !world.asana.removedByItself.has(hook.webhookGid ?? '')
    ) {
      broken.push(`(3) the hook ${hook.hookKey} became active without a webhook at Asana`);
    }
  }

  /** A hook that worked refuses its deliveries now, so Asana must not have it any more. */
  function closed(known: Known, { webhookGid }: Hook): void {
    if (webhookGid !== undefined && world.asana.webhooks.has(webhookGid)) {
      broken.push(`(1) the hook ${known.hookKey} was closed, but Asana has its webhook ${webhookGid}`);
    }
  }

  function subscriptionChanged(row: Row): void {
    if (row.expiresAt === undefined) return;
    const id = row.id?.S;
    for (const known of hooks.values()) {
      if (known.subscription === id && known.status === 'active' && !known.isRemoved) {
        broken.push(`(7) the subscription ${id} got an expiry, but the hook ${known.hookKey} is active`);
      }
    }
  }

  return {
    broken,
    hooks,
    get takeovers() {
      return takeovers;
    },
    rowChanged(caller, before, after) {
      const kind = (after ?? before)?.sk?.S;
      if (kind === 'hook') hookChanged(caller, before, after);
      if (kind === 'sub') subscriptionChanged(after ?? { ...before, expiresAt: { N: '0' } });
    },
    deletedAtAsana(caller, { gid, target }) {
      const known = hooks.get(hookKeyIn(target, baseUrl) ?? '');
      if (known === undefined || !known.wasActive) return;
      if (known.status === 'active' && !known.isRemoved) {
        broken.push(`(3) ${caller.name} deleted the webhook ${gid} while its hook was active`);
      }
      const wanted = subscriptionOf(world, known.subscription)?.wanted;
      const isReplaced = [...hooks.values()].some(
        (other) =>
          other.subscription === known.subscription && other.generation > known.generation && other.wasActive,
      );
      const isAsked = caller.ends === gid || caller.ends === known.subscription;
      if (wanted === 'on' && !isReplaced && !isAsked) {
        broken.push(`(1) ${caller.name} deleted the working webhook ${gid} of ${known.subscription}`);
      }
    },
  };
}

/** The subscription in the registry, unless it has expired. */
export function subscriptionOf({ rows, now }: Registered, id: string): Subscription | undefined {
  const row = rowAt({ rows, now }, subscriptionAt(id));
  return row && fromSubscriptionRow(row);
}

/** The hook in the registry, unless it has expired. */
export function hookOf({ rows, now }: Registered, hookKey: string): Hook | undefined {
  const row = rowAt({ rows, now }, hookAt(hookKey));
  return row && fromHookRow(row);
}

function rowAt({ rows, now }: Registered, { pk, sk }: { readonly pk: string; readonly sk: string }) {
  const row = rows.get(JSON.stringify([pk, sk]));
  return row === undefined || isExpired(row, now()) ? undefined : row;
}
