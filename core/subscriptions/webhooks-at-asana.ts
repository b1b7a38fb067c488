import { AsanaError } from '../errors.ts';
import type { WebhookFilter } from '../webhook.ts';
import type { AsanaWebhooks } from './ports.ts';

/** A webhook as Asana lists it. */
export interface ListedWebhook {
  readonly gid: string;
  readonly target?: string;
  readonly resource?: { readonly gid: string };
  readonly filters?: readonly WebhookFilter[];
}

const pageSize = 100;

/** Every webhook of a workspace that the connection may see, page by page. */
export async function* webhooksIn(
  workspace: string,
  { resource, optFields }: { readonly resource?: string; readonly optFields: readonly string[] },
  asana: Pick<AsanaWebhooks, 'getWebhooks'>,
): AsyncGenerator<ListedWebhook> {
  let offset: string | undefined;
  do {
    const page = await asana.getWebhooks({ workspace, resource, limit: pageSize, offset }, { optFields });
    yield* (page.data ?? []) as readonly ListedWebhook[];
    offset = (page.next_page as { readonly offset?: string } | null | undefined)?.offset;
  } while (offset !== undefined);
}

/** Deletes a webhook at Asana; one that is gone already will do. */
export async function deleteIfThere(
  asana: Pick<AsanaWebhooks, 'deleteWebhook'>,
  webhookGid: string,
): Promise<void> {
  try {
    await asana.deleteWebhook(webhookGid, {});
  } catch (error) {
    if (!(error instanceof AsanaError && error.name === 'AsanaNotFound')) throw error;
  }
}
