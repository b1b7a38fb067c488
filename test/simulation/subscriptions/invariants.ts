import { fromHookRow } from '../../../adapters/aws/hook-row.ts';
import type { Row } from '../../../adapters/aws/registry-key.ts';
import { isExpired } from '../../../adapters/aws/row.ts';
import { fromSubscriptionRow } from '../../../adapters/aws/subscription-row.ts';
import { type Hook, hookKeyIn } from '../../../core/hook.ts';
import { decryptSecret } from '../../../core/hook-secret.ts';
import type { Subscription } from '../../../core/subscription.ts';
import { baseUrl } from './base-url.ts';
import { type Caller, hookOf, subscriptionOf } from './ledger.ts';
import type { Effect } from './operations.ts';
import type { World } from './world.ts';

/** Checks that a call that has just succeeded has its effect, unless another call has changed it since. */
export function checkEffect(effect: Effect, caller: Caller, world: World): void {
  const { ledger, asana } = world;
  if (effect.kind === 'active') {
    const { webhookGid } = effect;
    const hook = hooksIn(world).find((other) => other.webhookGid === webhookGid);
    const writer = ledger.hooks.get(hook?.hookKey ?? '')?.writer;
    const isThere = hook?.status === 'active' && asana.webhooks.has(webhookGid);
    if (isThere || asana.removedByItself.has(webhookGid)) return;
    if (hook !== undefined && writer !== caller.name) return;
    ledger.broken.push(`(8) ${caller.name} succeeded, but its webhook ${webhookGid} is not active`);
  }
  if (effect.kind === 'ended') {
    const subscription = subscriptionOf(world, effect.subscription);
    if (subscription?.wanted === 'on') return;
    for (const { gid, target } of asana.webhooks.values()) {
      const known = ledger.hooks.get(hookKeyIn(target, baseUrl) ?? '');
      if (known?.subscription !== effect.subscription) continue;
      // Another call that is still creating a webhook undoes it itself. If it dies, the hook is closed or abandoned: its
      // deliveries are refused, and Asana deletes it after a day.
      if (!known.wasActive) continue;
      ledger.broken.push(
        `(8) ${caller.name} succeeded, but Asana has the webhook ${gid} of ${known.subscription}`,
      );
    }
  }
}

/** Checks everything that holds when no call is running. */
export function checkRest(world: World): void {
  checkWebhooksAtAsana(world);
  const active = hooksIn(world).filter(({ status }) => status === 'active');
  for (const hook of active) checkActive(hook, world);
  checkNames(active, world);
}

function checkWebhooksAtAsana(world: World): void {
  for (const { gid, target } of world.asana.webhooks.values()) {
    const hookKey = hookKeyIn(target, baseUrl) ?? '';
    if (hookOf(world, hookKey) === undefined)
      world.ledger.broken.push(`(2) Asana has the webhook ${gid}, but the hook ${hookKey} has no row`);
  }
}

function checkActive(
  { hookKey, webhookGid = '', subscription, encryptedSecret = '' }: Hook,
  world: World,
): void {
  const { asana, ledger } = world;
  const webhook = asana.webhooks.get(webhookGid);
  if (webhook === undefined && !asana.removedByItself.has(webhookGid)) {
    ledger.broken.push(
      `(3) the hook ${hookKey} is active, but Asana does not have its webhook ${webhookGid}`,
    );
  }
  if (webhook !== undefined) {
    const key = { version: '1', material: world.material };
    const secret = decryptSecret(encryptedSecret, hookKey, key);
    if (secret !== webhook.secret)
      ledger.broken.push(`(6) the hook ${hookKey} is active with a secret that is not Asana's`);
  }
  const row = subscriptionOf(world, subscription);
  if (row === undefined || row.expiresAt !== undefined) {
    ledger.broken.push(`(7) the hook ${hookKey} is active, but its subscription is not permanent`);
  }
}

function checkNames(active: readonly Hook[], world: World): void {
  const seen = new Map<string, string>();
  for (const { id, connection, name } of namedSubscriptions(world)) {
    const other = seen.get(`${connection}/${name}`);
    if (other !== undefined) world.ledger.broken.push(`(4) ${other} and ${id} have the name ${name}`);
    seen.set(`${connection}/${name}`, id);
    const hooks = active.filter(({ subscription }) => subscription === id);
    if (hooks.length > 1)
      world.ledger.broken.push(`(4) the subscription ${id} has ${hooks.length} active hooks`);
  }
}

/** The subscriptions with a name that were not deleted. */
export function namedSubscriptions(world: World): readonly Subscription[] {
  return rowsOf(world, 'sub')
    .map(fromSubscriptionRow)
    .filter(({ name, wanted }) => name !== undefined && wanted !== 'off');
}

/** Every hook whose row has not expired. */
export function hooksIn(world: World): readonly Hook[] {
  return rowsOf(world, 'hook').map(fromHookRow);
}

function rowsOf({ rows, now }: World, sk: string): readonly Row[] {
  return [...rows.values()].filter((row) => row.sk?.S === sk && !isExpired(row, now()));
}
