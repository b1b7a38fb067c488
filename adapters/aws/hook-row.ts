import type { WebhookStatus } from '../../contract/webhook.ts';
import type { Hook } from '../../core/hook.ts';
import { hookAt, type Row, toKey } from './registry-key.ts';
import { dateIn, numberIn, textIn, texts } from './row.ts';

/** Converts a hook to a row. */
export function toHookRow(hook: Hook): Row {
  const { hookKey, generation, createdAt, windowClosesAt, owner, ...rest } = hook;
  const { acceptUntil, lastDeliveryAt, lastHeartbeatAt, ...plain } = rest;
  return {
    ...toKey(hookAt(hookKey)),
    hookKey: { S: hookKey },
    ...texts({
      ...plain,
      ownerGid: owner?.userGid,
      ownerFingerprint: owner?.fingerprint,
      createdAt: createdAt.toISOString(),
      windowClosesAt: windowClosesAt.toISOString(),
      acceptUntil: acceptUntil?.toISOString(),
      lastDeliveryAt: lastDeliveryAt?.toISOString(),
      lastHeartbeatAt: lastHeartbeatAt?.toISOString(),
    }),
    generation: { N: String(generation) },
  };
}

/** Converts a row to a hook. @throws Error if the row is not a hook */
export function fromHookRow(row: Row): Hook {
  const { ownerGid, ownerFingerprint } = row;
  return {
    hookKey: textIn(row, 'hookKey'),
    subscription: textIn(row, 'subscription'),
    generation: numberIn(row, 'generation'),
    connection: textIn(row, 'connection'),
    resource: textIn(row, 'resource'),
    status: textIn(row, 'status') as WebhookStatus,
    createdAt: new Date(textIn(row, 'createdAt')),
    windowClosesAt: new Date(textIn(row, 'windowClosesAt')),
    baseUrl: textIn(row, 'baseUrl'),
    owner:
      ownerFingerprint?.S === undefined
        ? undefined
        : { userGid: ownerGid?.S, fingerprint: ownerFingerprint.S },
    webhookGid: row.webhookGid?.S,
    encryptedSecret: row.encryptedSecret?.S,
    acceptUntil: dateIn(row, 'acceptUntil'),
    lastDeliveryAt: dateIn(row, 'lastDeliveryAt'),
    lastHeartbeatAt: dateIn(row, 'lastHeartbeatAt'),
  };
}
