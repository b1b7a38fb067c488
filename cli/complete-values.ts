import { actionsOf } from '../contract/filter-notation.ts';
import type { Manage } from './manage.ts';

/** Values that a shell completes for a parameter. */
export type Values = (manage: Manage) => Promise<readonly string[]>;

export const connectionNames: Values = async (manage) => {
  const { data } = await manage('listConnections', {});
  return data.map(({ connection }) => connection);
};

/** The webhooks of the connection `default`. */
export const webhookGids: Values = async (manage) => {
  const { data } = await manage('checkConnection', {});
  const pages = await Promise.all(
    data.workspaces.map(({ gid }) => manage('getWebhooks', { workspace: gid, limit: 100 })),
  );
  return pages.flatMap((page) => page.data.map(({ gid }) => gid));
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
