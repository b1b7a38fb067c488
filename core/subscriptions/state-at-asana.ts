import type { AsanaBody, AsanaWebhook } from '../../contract/webhook.ts';
import { AsanaError, NamedError } from '../errors.ts';
import type { ConfirmedHook } from '../hook.ts';
import { isSameOwner, type Owner } from '../owner.ts';
import type { AsanaOptions } from './ports.ts';
import type { SubscriptionServices } from './services.ts';
import { isRefusal, listEverywhere } from './webhooks-at-asana.ts';

/** What Asana's answers show about a webhook. */
export type StateAtAsana =
  | { readonly kind: 'present'; readonly body: AsanaBody<AsanaWebhook> }
  /** It is proven that the webhook does not exist. */
  | { readonly kind: 'gone' }
  /** The answers prove nothing. `why` is a sentence. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Asks Asana whether a webhook exists. @throws AsanaError if Asana fails or refuses the token */
export async function stateAtAsana(
  hook: ConfirmedHook,
  options: AsanaOptions,
  services: SubscriptionServices,
): Promise<StateAtAsana> {
  try {
    const body = await services.asana(hook.connection).getWebhook(hook.webhookGid, options);
    return { kind: 'present', body };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return proveGone(hook, services);
  }
}

/** Whether Asana itself answered that an object does not exist for this token. */
export function isNotFound(error: unknown): error is AsanaError {
  return error instanceof AsanaError && error.name === 'AsanaNotFound';
}

/**
 * Decides what Asana's answer "not found" for a webhook means. Asana also gives this answer to a user who did
 * not create the webhook. So the webhook is gone only if the token belongs to the user who created it, and the
 * complete list of this user's webhooks does not contain it.
 */
export async function proveGone(
  { connection, resource, webhookGid, owner }: ConfirmedHook,
  services: SubscriptionServices,
): Promise<Exclude<StateAtAsana, { kind: 'present' }>> {
  switch (ownerNow(owner, await services.owners.of(connection))) {
    case 'other':
      return unknown(
        `The connection "${connection}" now belongs to another Asana user than the one who created the webhook, and Asana does not show it to other users. Connect the earlier user again.`,
      );
    case 'unknown':
      return unknown(
        `Asana does not show whether the connection "${connection}" still belongs to the user who created the webhook. Add the scope users:read, or connect the earlier account again.`,
      );
    case 'same':
      return isListed({ connection, resource, webhookGid }, services);
  }
}

function ownerNow(then: Owner | undefined, now: Owner): 'same' | 'other' | 'unknown' {
  return then === undefined ? 'unknown' : isSameOwner(then, now);
}

async function isListed(
  { connection, resource, webhookGid }: Pick<ConfirmedHook, 'connection' | 'resource' | 'webhookGid'>,
  services: SubscriptionServices,
): Promise<Exclude<StateAtAsana, { kind: 'present' }>> {
  try {
    const { webhooks, refused } = await listEverywhere(services.asana(connection), {
      resource,
      optFields: ['target'],
    });
    if (webhooks.some(({ gid }) => gid === webhookGid)) {
      return unknown(
        'Asana lists the webhook, but answers that it does not exist. Call again in a few minutes.',
      );
    }
    const [first] = refused;
    if (first === undefined) return { kind: 'gone' };
    return unknown(
      `The workspace ${first.workspace} refuses to list its webhooks (${first.error}), so the webhook may be there.`,
    );
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return unknown(
      `Asana refuses to list the user's workspaces (${error.name}), so the webhook may exist. Add the scope users:read or workspaces:read.`,
    );
  }
}

function unknown(why: string): { readonly kind: 'unknown'; readonly why: string } {
  return { kind: 'unknown', why };
}

/** The error for a webhook of which Asana's answers prove nothing. */
export function stateUnknown({ webhookGid }: ConfirmedHook, why: string): NamedError {
  return new NamedError(
    'WebhookStateUnknown',
    `Asana answers that the webhook ${webhookGid} does not exist, but this proves nothing. ${why} Nothing was changed.`,
  );
}
