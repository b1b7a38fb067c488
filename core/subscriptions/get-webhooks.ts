import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { AsanaWebhook, RegistryFacts } from '../../contract/webhook.ts';
import { mapBounded } from '../bounded.ts';
import { pages } from '../pages.ts';
import { findByTarget } from './find-webhook.ts';
import type { AsanaPage } from './ports.ts';
import { factsOf } from './registry-facts.ts';
import type { SubscriptionServices } from './services.ts';
import { maxPageSize } from './webhooks-at-asana.ts';

/** Concurrent registry look-ups for the webhooks of a page. */
const concurrentLookups = 10;

/** Lists webhooks: one page of Asana's list, or with `all` every page as one. */
export async function getWebhooks(
  parameters: ParametersOf<'getWebhooks'>,
  services: SubscriptionServices,
): Promise<ResultOf<'getWebhooks'>> {
  const page = await (parameters.all ? readAllPages : readPage)(parameters, services);
  return { ...page, registry: await factsByGid(page.data, services) };
}

function readPage(
  parameters: ParametersOf<'getWebhooks'>,
  services: SubscriptionServices,
): Promise<AsanaPage> {
  return services.asana(parameters.connection).getWebhooks(parameters, parameters);
}

/** Every page as one. The other members of Asana's body are those of the last page. */
async function readAllPages(
  parameters: ParametersOf<'getWebhooks'>,
  services: SubscriptionServices,
): Promise<AsanaPage> {
  let last: AsanaPage | undefined;
  const data: AsanaWebhook[] = [];
  const read = async (offset: string | undefined) => {
    last = await readPage({ ...parameters, limit: parameters.limit ?? maxPageSize, offset }, services);
    return { items: last.data ?? [], next: last.next_page?.offset };
  };
  for await (const items of pages(read, parameters.offset)) data.push(...items);
  return { ...last, data, next_page: null };
}

async function factsByGid(
  listed: readonly AsanaWebhook[] = [],
  services: SubscriptionServices,
): Promise<Readonly<Record<string, RegistryFacts>>> {
  const found = await mapBounded(listed, concurrentLookups, async ({ gid, target }) => {
    const webhook = await (target === undefined
      ? services.registry.findByGid(gid)
      : findByTarget(target, services));
    return webhook ? [[gid, factsOf(webhook)] as const] : [];
  });
  return Object.fromEntries(found.flat());
}
