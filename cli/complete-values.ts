import { actionsOf } from '../contract/filter-notation.ts';
import type { Manage } from './manage.ts';

/** Values that a shell completes for a parameter. */
export type Values = (manage: Manage) => Promise<readonly string[]>;

export const connectionNames: Values = async (manage) => {
  const { data } = await manage('listConnections', {});
  return data.map(({ connection }) => connection);
};

/** The gids of the webhooks of the connection `default` at Asana. */
const webhookGids: Values = async (manage) => {
  const { data } = await manage('checkConnection', {});
  const pages = await Promise.allSettled(
    data.workspaces.map(({ gid }) => manage('getWebhooks', { workspace: gid, limit: 100 })),
  );
  return pages.flatMap((page) => (page.status === 'fulfilled' ? page.value.data.map(({ gid }) => gid) : []));
};

/** The subscriptions in the registry, and the gids of their webhooks. */
export const subscriptionNames: Values = async (manage) => {
  const { data } = await manage('listSubscriptions', {});
  return data.flatMap(({ subscription, webhook }) => [subscription, webhook?.webhookGid ?? []].flat());
};

/** Everything that names a webhook: its gid, or its subscription. If Asana refuses, the registry's names are left. */
export const webhookNames: Values = async (manage) => {
  const found = await Promise.allSettled([webhookGids(manage), subscriptionNames(manage)]);
  const names = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  return [...new Set(names)];
};

export const queueNames: Values = async (manage) => {
  const { queues } = await manage('listDeadLetters', { limit: 1 });
  return Object.keys(queues);
};

export const consumerNames: Values = async (manage) =>
  (await queueNames(manage)).filter((name) => name !== 'dispatcher');

export const filterNotations: Values = async () =>
  Object.entries(actionsOf).flatMap(([type, actions]) => [
    type,
    ...actions.map((action) => `${type}.${action}`),
  ]);
