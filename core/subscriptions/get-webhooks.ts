import type { ParametersOf, ResultOf } from '../../contract/operations.ts';
import type { AsanaWebhook, RegistryFacts } from '../../contract/webhook.ts';
import { mapBounded } from '../bounded.ts';
import { hookKeyIn } from '../hook.ts';
import { pages } from '../pages.ts';
import { factsOf } from './facts.ts';
import type { AsanaPage } from './ports.ts';

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
  { registry, publicBaseUrl }: SubscriptionServices,
): Promise<Readonly<Record<string, RegistryFacts>>> {
  const hookKeys = new Map<string, string>();
  for (const { gid, target } of listed) {
    const hookKey = target === undefined ? undefined : hookKeyIn(target, publicBaseUrl);
    if (hookKey !== undefined) hookKeys.set(hookKey, gid);
  }
  const hooks = await registry.findHooks([...hookKeys.keys()]);
  const found = hooks.map((hook) => [hookKeys.get(hook.hookKey) ?? '', factsOf(hook)] as const);
  // Without a target among the fields, a webhook is found by its gid.
  const byGid = await mapBounded(
    listed.filter(({ target }) => target === undefined),
    concurrentLookups,
    async ({ gid }) => {
      const hook = await registry.findByGid(gid);
      return hook ? [[gid, factsOf(hook)] as const] : [];
    },
  );
  return Object.fromEntries([...found, ...byGid.flat()]);
}
