import { expect, it } from 'vitest';
import { createWebhooks } from '../../../core/subscriptions/create-webhooks.ts';
import { deleteWebhooks } from '../../../core/subscriptions/delete-webhooks.ts';
import type { AsanaClient } from '../../../core/subscriptions/ports.ts';
import type { SubscriptionServices } from '../../../core/subscriptions/services.ts';
import { timeOf } from '../../../core/time-budget.ts';
import { createMemoryRegistry } from '../../memory/registry.ts';
import { noon } from '../events.ts';
import { hookOf } from '../hooks.ts';

const paces: (number | undefined)[] = [];

/** Services of an invocation that ends in `seconds`. Asana has three projects and must get no other call. */
function services(seconds: number, registry = createMemoryRegistry(() => noon)): SubscriptionServices {
  const asana = {
    projects: async () => ({ items: ['1', '2', '3'].map((gid) => ({ gid, name: `Project ${gid}` })) }),
  } as unknown as AsanaClient;
  return {
    registry,
    asana: (_: string, requestsPerMinute?: number) => {
      paces.push(requestsPerMinute);
      return asana;
    },
    now: () => noon,
    time: timeOf(seconds * 1_000, () => noon),
  } as unknown as SubscriptionServices;
}

const bulk = { connection: 'default', requestsPerMinute: 150 };

it('createWebhooks() starts no create call if too little time is left', async () => {
  const { data } = await createWebhooks({ ...bulk, workspace: '9' }, services(30));
  expect(data).toMatchObject({ status: 'paused', done: 0, failed: 0, waiting: 3 });
  expect(data.items.map(({ result }) => result)).toEqual(['waiting', 'waiting', 'waiting']);
  expect(paces).toEqual([150]);
});

it('deleteWebhooks() starts no delete call if too little time is left', async () => {
  const registry = createMemoryRegistry(() => noon);
  await registry.plant(hookOf({ status: 'active', webhookGid: '77' }));
  const { data } = await deleteWebhooks({ ...bulk }, services(30, registry));
  expect(data).toMatchObject({ status: 'paused', waiting: 1 });
});
