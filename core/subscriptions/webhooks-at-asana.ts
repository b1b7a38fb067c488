import type { AsanaWebhook } from '../../contract/webhook.ts';
import { AsanaError } from '../errors.ts';
import { pages } from '../pages.ts';
import type { AsanaClient } from './ports.ts';

/** The largest page that Asana returns (OpenAPI description, parameter `limit`). */
export const maxPageSize = 100;

/** Every webhook of a workspace that the connection can see, read page by page. */
export async function* webhooksIn(
  workspace: string,
  { resource, optFields }: { readonly resource?: string; readonly optFields: readonly string[] },
  asana: Pick<AsanaClient, 'getWebhooks'>,
): AsyncGenerator<AsanaWebhook> {
  const read = async (offset: string | undefined) => {
    const page = await asana.getWebhooks({ workspace, resource, limit: maxPageSize, offset }, { optFields });
    return { items: page.data ?? [], next: page.next_page?.offset };
  };
  for await (const items of pages(read)) yield* items;
}

/** Deletes a webhook at Asana. A webhook that no longer exists is not an error. */
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
