import type { RefusedWorkspace } from '../../contract/subscription.ts';
import type { AsanaWebhook } from '../../contract/webhook.ts';
import { AsanaError } from '../errors.ts';
import { pages } from '../pages.ts';
import type { AsanaClient } from './ports.ts';

/** The largest page that Asana returns (OpenAPI description, parameter `limit`). */
export const maxPageSize = 100;

interface ListOptions {
  readonly resource?: string;
  readonly optFields: readonly string[];
}

/** Every webhook of a workspace that the connection can see, read page by page. */
export async function* webhooksIn(
  workspace: string,
  { resource, optFields }: ListOptions,
  asana: Pick<AsanaClient, 'getWebhooks'>,
): AsyncGenerator<AsanaWebhook> {
  const read = async (offset: string | undefined) => {
    const page = await asana.getWebhooks({ workspace, resource, limit: maxPageSize, offset }, { optFields });
    return { items: page.data ?? [], next: page.next_page?.offset };
  };
  for await (const items of pages(read)) yield* items;
}

/** The webhooks that a connection sees, and the workspaces that refused to list theirs. */
export interface EveryWebhook {
  readonly webhooks: readonly (AsanaWebhook & { readonly workspace: string })[];
  readonly refused: readonly RefusedWorkspace[];
}

/**
 * Lists the webhooks of every workspace that the connection's user belongs to. An administrator can block a
 * token in one workspace. Such a workspace is reported, and the others are still listed.
 *
 * @throws AsanaError if the workspaces cannot be listed, or if Asana fails.
 */
export async function listEverywhere(
  asana: Pick<AsanaClient, 'getWebhooks' | 'workspaces'>,
  options: ListOptions,
): Promise<EveryWebhook> {
  const webhooks: (AsanaWebhook & { readonly workspace: string })[] = [];
  const refused: RefusedWorkspace[] = [];
  for (const workspace of await asana.workspaces()) {
    try {
      for await (const webhook of webhooksIn(workspace, options, asana))
        webhooks.push({ ...webhook, workspace });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused.push({ workspace, error: error.name, message: error.message });
    }
  }
  return { webhooks, refused };
}

/** Whether a workspace refuses the token. Asana also answers 401 if a workspace has disabled the app. */
export function isRefusal(error: unknown): error is AsanaError {
  const names = ['AsanaUnauthorized', 'AsanaPaymentRequired', 'AsanaForbidden', 'AsanaNotFound'];
  return error instanceof AsanaError && names.includes(error.name);
}

/**
 * Deletes a webhook at Asana that the caller has created. A webhook that no longer exists is not an error.
 */
export async function deleteIfThere(
  asana: Pick<AsanaClient, 'deleteWebhook'>,
  webhookGid: string,
): Promise<void> {
  try {
    await asana.deleteWebhook(webhookGid, {});
  } catch (error) {
    if (!(error instanceof AsanaError && error.name === 'AsanaNotFound')) throw error;
  }
}
