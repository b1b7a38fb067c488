import { beforeEach, describe, expect, it } from 'vitest';
import type { ErrorName } from '../../../contract/errors.ts';
import { AsanaError } from '../../../core/errors.ts';
import { type Hook, targetOf } from '../../../core/hook.ts';
import type { Owner } from '../../../core/owner.ts';
import { deleteWebhook } from '../../../core/subscriptions/delete-webhook.ts';
import { getWebhook } from '../../../core/subscriptions/get-webhook.ts';
import { getWebhooks } from '../../../core/subscriptions/get-webhooks.ts';
import type { AsanaClient } from '../../../core/subscriptions/ports.ts';
import type { SubscriptionServices } from '../../../core/subscriptions/services.ts';
import { updateWebhook } from '../../../core/subscriptions/update-webhook.ts';
import { timeOf } from '../../../core/time-budget.ts';
import { createMemoryEncryptionKeys } from '../../memory/encryption-keys.ts';
import { createMemoryRegistry, type MemoryRegistry } from '../../memory/registry.ts';
import { hookOf } from '../hooks.ts';

const base = 'https://hooks.example.com';
const now = new Date('2026-11-23T10:00:00.000Z');

let registry: MemoryRegistry;
let row: Hook;
/** Calls to Asana: connection, operation and arguments. */
let calls: unknown[][];
let workspaces: readonly string[];
/** Whom the token of the connection belongs to now. */
let owner: Owner;
let answers: Partial<Record<keyof AsanaClient, () => Promise<never>>>;

beforeEach(async () => {
  registry = createMemoryRegistry(() => now);
  row = hookOf({ connection: 'sales', status: 'active', webhookGid: '77' });
  await registry.plant(row);
  workspaces = [];
  owner = { userGid: '12', fingerprint: 'f' };
  calls = [];
  answers = {};
});

function asana(connection: string): AsanaClient {
  const target = targetOf(row);
  const answer = async <T>(name: keyof AsanaClient, args: unknown[], body: T): Promise<T> => {
    calls.push([connection, name, ...args]);
    await answers[name]?.();
    return body;
  };
  return {
    createWebhook: () => Promise.reject(new Error('not called here')),
    getWebhook: (...args) => answer('getWebhook', args, { data: { gid: args[0], target } }),
    getWebhooks: (...args) => {
      const page = Number(args[0].offset ?? 0);
      const data = [{ gid: `7${page}`, target: page === 0 ? target : 'https://example.org/' }];
      return answer('getWebhooks', args, { data, next_page: page < 2 ? { offset: `${page + 1}` } : null });
    },
    updateWebhook: (...args) => answer('updateWebhook', args, { data: { gid: args[0] } }),
    deleteWebhook: (...args) => answer('deleteWebhook', args, { data: {} }),
    projects: () => Promise.reject(new Error('not called here')),
    workspaces: () => answer('workspaces', [], workspaces),
  };
}

function services(changes: Partial<Registry> = {}): SubscriptionServices {
  return {
    registry: { ...registry, ...changes },
    leases: registry.leases,
    idempotency: registry.idempotency,
    owners: { of: async () => owner },
    encryptionKeys: createMemoryEncryptionKeys(),
    asana,
    now: () => now,
    sleep: async () => undefined,
    time: timeOf(57_000, () => now),
    probe: async () => ({}),
    eventRetentionMs: 30 * 24 * 3_600_000,
    publicBaseUrl: base,
  };
}

type Registry = SubscriptionServices['registry'];

/** A registry that does not have the gid of the webhook, because its create call had no answer. */
const unlisted = { findByGid: async () => undefined };

function asanaFails(name: Extract<ErrorName, `Asana${string}`>, status?: number) {
  return () => Promise.reject(new AsanaError(name, 'the call', { status }));
}

describe('getWebhook()', () => {
  it('returns Asana’s body with our facts, and uses the connection of the webhook', async () => {
    const result = await getWebhook({ webhookGid: '77', optFields: ['target'] }, services());
    expect(result).toMatchObject({ data: { gid: '77' }, registry: { subscription: row.subscription } });
    expect(JSON.stringify(result.registry)).not.toContain(row.hookKey);
    expect(calls).toMatchObject([['sales', 'getWebhook', '77', { optFields: ['target'] }]]);
  });

  it('accepts a subscription id', async () => {
    expect(await getWebhook({ webhookGid: row.subscription }, services())).toMatchObject({
      data: { gid: '77' },
    });
  });

  it('of a subscription reads the active webhook, not the replaced webhook', async () => {
    const { subscription } = row;
    await registry.plant(hookOf({ ...row, hookKey: 'B'.repeat(22), generation: 2, webhookGid: '78' }));
    await registry.transition(row.hookKey, ['active'], 'deleted', {});
    expect(await getWebhook({ webhookGid: subscription }, services())).toMatchObject({ data: { gid: '78' } });
  });

  it('uses the connection in the parameters', async () => {
    await getWebhook({ webhookGid: '77', connection: 'other' }, services());
    expect(calls[0]?.slice(0, 2)).toEqual(['other', 'getWebhook']);
  });

  it('finds the row of a webhook by its target if its gid is not known', async () => {
    const result = await getWebhook({ webhookGid: '77' }, services(unlisted));
    expect(result.registry).toMatchObject({ subscription: row.subscription });
  });

  it('names an unknown subscription in its error', async () => {
    const unknown = `sub_${'A'.repeat(22)}`;
    await expect(getWebhook({ webhookGid: unknown }, services())).rejects.toMatchObject({
      name: 'WebhookNotFound',
      message: expect.stringContaining(unknown),
    });
  });
});

describe('getWebhooks()', () => {
  it('returns one page as Asana does, with our facts by gid', async () => {
    const page = await getWebhooks({ connection: 'default', workspace: '5', limit: 1 }, services());
    expect(page).toMatchObject({ data: [{ gid: '70' }], next_page: { offset: '1' } });
    expect(page.registry).toMatchObject({ 70: { subscription: row.subscription } });
    expect(calls).toHaveLength(1);
  });

  it('with all follows next_page to the end', async () => {
    const page = await getWebhooks({ connection: 'default', workspace: '5', all: true }, services());
    expect(page).toMatchObject({ data: [{ gid: '70' }, { gid: '71' }, { gid: '72' }], next_page: null });
    expect(Object.keys(page.registry)).toEqual(['70']);
    expect(calls.map((call) => call[2])).toMatchObject([{ limit: 100 }, { offset: '1' }, { offset: '2' }]);
  });

  it('with all stops if Asana repeats an offset', async () => {
    const circling = (): AsanaClient => ({
      ...asana('default'),
      getWebhooks: async () => ({ data: [], next_page: { offset: 'same' } }),
    });
    await expect(
      getWebhooks({ connection: 'default', workspace: '5', all: true }, { ...services(), asana: circling }),
    ).rejects.toMatchObject({ name: 'AsanaUnavailable' });
  });
});

describe('updateWebhook()', () => {
  const filters = [{ resource_type: 'task' }];

  it('replaces the filters at Asana and in the registry', async () => {
    await updateWebhook({ webhookGid: '77', filters }, services());
    expect(calls).toMatchObject([['sales', 'updateWebhook', '77', { filters }, {}]]);
    expect(registry.allSubscriptions()[0]?.filters).toEqual(filters);
  });

  it('does not change the registry if Asana refuses', async () => {
    answers.updateWebhook = asanaFails('AsanaBadRequest', 400);
    await expect(updateWebhook({ webhookGid: '77', filters }, services())).rejects.toThrow();
    expect(registry.allSubscriptions()[0]?.filters).toEqual([]);
  });

  it('finds the row of a webhook whose gid is not known', async () => {
    await updateWebhook({ webhookGid: '77', filters }, services(unlisted));
    expect(registry.allSubscriptions()[0]?.filters).toEqual(filters);
  });
});

describe('deleteWebhook()', () => {
  it('deletes at Asana and closes the row', async () => {
    const result = await deleteWebhook({ webhookGid: '77' }, services());
    expect(result).toMatchObject({ data: {}, registry: { status: 'deleted' } });
    expect(registry.getHook(row.hookKey)?.status).toBe('deleted');
  });

  it('treats a webhook that is gone at Asana as deleted, also on a second call', async () => {
    answers.deleteWebhook = asanaFails('AsanaNotFound', 404);
    await deleteWebhook({ webhookGid: '77' }, services());
    expect(await deleteWebhook({ webhookGid: '77' }, services())).toMatchObject({ data: {} });
    expect(registry.getHook(row.hookKey)?.status).toBe('deleted');
  });

  it.each(['AsanaForbidden', 'AsanaUnauthorized'] as const)(
    'leaves the hook deleting if Asana refuses (%s)',
    async (name) => {
      answers.deleteWebhook = asanaFails(name, 403);
      await expect(deleteWebhook({ webhookGid: '77' }, services())).rejects.toMatchObject({ name });
      expect(registry.getHook(row.hookKey)?.status).toBe('deleting');
    },
  );

  it('leaves the row deleting if Asana’s answer is unclear, and can be called again', async () => {
    answers.deleteWebhook = asanaFails('AsanaTimeout');
    await expect(deleteWebhook({ webhookGid: '77' }, services())).rejects.toMatchObject({
      name: 'AsanaTimeout',
    });
    expect(registry.getHook(row.hookKey)?.status).toBe('deleting');
    answers = {};
    await deleteWebhook({ webhookGid: '77' }, services());
    expect(registry.getHook(row.hookKey)?.status).toBe('deleted');
  });

  it('closes the row of a webhook whose gid is not known', async () => {
    await deleteWebhook({ webhookGid: '77' }, services(unlisted));
    expect(registry.getHook(row.hookKey)?.status).toBe('deleted');
  });

  it('deletes a webhook without a row, over the default connection', async () => {
    registry.table.rows.clear();
    expect(await deleteWebhook({ webhookGid: '88' }, services())).toEqual({ data: {}, registry: null });
    expect(calls.at(-1)?.slice(0, 3)).toEqual(['default', 'deleteWebhook', '88']);
  });

  it('throws AsanaNotFound if neither the registry nor Asana has the webhook', async () => {
    registry.table.rows.clear();
    answers.getWebhook = asanaFails('AsanaNotFound', 404);
    await expect(deleteWebhook({ webhookGid: '88' }, services())).rejects.toMatchObject({
      name: 'AsanaNotFound',
    });
  });
});
