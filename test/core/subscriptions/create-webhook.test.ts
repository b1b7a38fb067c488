import { beforeEach, describe, expect, it } from 'vitest';
import type { ParametersOf } from '../../../contract/operations.ts';
import type { AsanaWebhook } from '../../../contract/webhook.ts';
import { AsanaError, NamedError, StorageUnavailable } from '../../../core/errors.ts';
import { hookKeyIn } from '../../../core/hook.ts';
import { encryptSecret } from '../../../core/hook-secret.ts';
import { createWebhook } from '../../../core/subscriptions/create-webhook.ts';
import { deleteWebhook } from '../../../core/subscriptions/delete-webhook.ts';
import type { AsanaClient } from '../../../core/subscriptions/ports.ts';
import type { SubscriptionServices } from '../../../core/subscriptions/services.ts';
import { timeOf } from '../../../core/time-budget.ts';
import { createMemoryEncryptionKeys, encryptionKey } from '../../memory/encryption-keys.ts';
import { createMemoryRegistry, type MemoryRegistry } from '../../memory/registry.ts';

const base = 'https://hooks.example.com';
const secret = 'b537207f20cbfa02357cf448134da559';
const wanted: ParametersOf<'createWebhook'> = {
  connection: 'default',
  resource: '1',
  filters: [{ resource_type: 'task', action: 'changed' }],
};

type AtAsana = AsanaWebhook & { readonly target: string };

let now: Date;
let registry: MemoryRegistry;
let atAsana: AtAsana[];
/** The faults at Asana, by call. */
let trouble: Partial<Record<'before' | 'handshake' | 'after' | 'delete' | 'list', () => unknown>>;
let lostAnswer: AsanaError;

beforeEach(() => {
  now = new Date('2026-11-23T10:00:00.000Z');
  registry = createMemoryRegistry(() => now);
  atAsana = [];
  trouble = {};
  lostAnswer = new AsanaError('AsanaTimeout', 'POST /webhooks', {});
});

/** A small Asana: it sends the handshake during the create call, and it lists its webhooks. */
function asana(): AsanaClient {
  return {
    async createWebhook({ target }) {
      await trouble.before?.();
      const hookKey = hookKeyIn(target, base) ?? '';
      if (trouble.handshake) await trouble.handshake();
      else await registry.storeSecret(hookKey, encryptSecret(secret, hookKey, encryptionKey), now);
      const gid = String(1000 + atAsana.length);
      atAsana.push({ gid, target });
      await trouble.after?.();
      return { body: { data: { gid, target } }, webhookGid: gid, secret };
    },
    getWebhook: async (gid) => ({ data: { gid, target: atAsana.find((w) => w.gid === gid)?.target } }),
    async getWebhooks({ offset }) {
      await trouble.list?.();
      const at = Number(offset ?? 0);
      const next = at + 1 < atAsana.length ? { offset: String(at + 1) } : null;
      return { data: atAsana.slice(at, at + 1), next_page: next };
    },
    updateWebhook: async (gid) => ({ data: { gid } }),
    async deleteWebhook(gid) {
      await trouble.delete?.();
      if (!atAsana.some((w) => w.gid === gid))
        throw new AsanaError('AsanaNotFound', 'DELETE', { status: 404 });
      atAsana = atAsana.filter((w) => w.gid !== gid);
      return { data: {} };
    },
    projects: () => Promise.reject(new Error('not called here')),
    workspaces: async () => ['5', '6'],
  };
}

function services(changes: Partial<SubscriptionServices> = {}): SubscriptionServices {
  return {
    registry,
    leases: registry.leases,
    idempotency: registry.idempotency,
    owners: { of: async () => ({ userGid: '12', fingerprint: 'f' }) },
    encryptionKeys: createMemoryEncryptionKeys(),
    asana: () => asana(),
    now: () => now,
    sleep: async () => undefined,
    time: timeOf(57_000, () => now),
    probe: async () => ({}),
    eventRetentionMs: 30 * 24 * 3_600_000,
    publicBaseUrl: base,
    ...changes,
  };
}

function failing(error: Error): () => never {
  return () => {
    throw error;
  };
}

/** A transition to `active` that goes another way. All other transitions are real. */
function activating(instead: MemoryRegistry['transition']): MemoryRegistry['transition'] {
  return (...call) => (call[2] === 'active' ? instead(...call) : registry.transition(...call));
}

describe('createWebhook()', () => {
  it("returns Asana's body with our registry facts and stores an active row", async () => {
    const result = await createWebhook(wanted, services());
    const [row] = registry.hooks();
    expect(row).toMatchObject({
      status: 'active',
      webhookGid: '1000',
      resource: '1',
    });
    expect(registry.allSubscriptions()).toMatchObject([{ id: row?.subscription, filters: wanted.filters }]);
    expect(result).toMatchObject({
      data: { gid: '1000' },
      registry: { subscription: row?.subscription, connection: 'default', status: 'active', resource: '1' },
    });
  });

  it('never returns the secret or its encrypted form', async () => {
    const result = JSON.stringify(await createWebhook(wanted, services()));
    expect(result).not.toContain(secret);
    expect(result).not.toContain('encrypted');
  });

  it('gives every webhook its own hook key and its own subscription', async () => {
    await createWebhook(wanted, services());
    await createWebhook(wanted, services());
    const rows = registry.hooks();
    expect(new Set(rows.map(({ hookKey }) => hookKey)).size).toBe(2);
    expect(new Set(rows.map(({ subscription }) => subscription)).size).toBe(2);
  });

  it.each([base, `${base}/`, `${base}/webhooks`])('accepts our own endpoint %s as target', async (target) => {
    await createWebhook({ ...wanted, target }, services());
    expect(atAsana[0]?.target).toMatch(/^https:\/\/hooks\.example\.com\/webhooks\/[A-Za-z0-9_-]{22}$/);
  });

  it('refuses an invented address at our endpoint', async () => {
    const target = `${base}/webhooks/AAAAAAAAAAAAAAAAAAAAAA`;
    await expect(createWebhook({ ...wanted, target }, services())).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    await expect(createWebhook({ ...wanted, target, external: true }, services())).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
  });

  it.each(['https://example.org/hook', `${base}.evil.org/webhooks`, `${base}s`])(
    'refuses the target %s unless external is set',
    async (target) => {
      await expect(createWebhook({ ...wanted, target }, services())).rejects.toMatchObject({
        name: 'TargetNotOurs',
      });
      expect(atAsana).toEqual([]);
    },
  );

  it('refuses an idempotencyKey for an external target, because no row would hold it', async () => {
    const external = { ...wanted, target: 'https://example.org/hook', external: true, idempotencyKey: 'k' };
    await expect(createWebhook(external, services())).rejects.toMatchObject({ name: 'InvalidRequest' });
    expect(atAsana).toEqual([]);
  });

  it('passes an external target on, without a row, and does not return its secret', async () => {
    trouble.handshake = () => undefined;
    const target = 'https://example.org/hook';
    const result = await createWebhook({ ...wanted, target, external: true }, services());
    expect(result).toEqual({ data: { gid: '1000', target }, registry: null });
    expect(registry.table.rows.size).toBeLessThanOrEqual(1);
    expect([...registry.hooks(), ...registry.allSubscriptions()]).toEqual([]);
  });
});

describe('createWebhook() leaves neither row nor webhook', () => {
  const storage = new StorageUnavailable('Could not write: ThrottlingException');
  const refused = new AsanaError('AsanaForbidden', 'POST /webhooks', { status: 403 });
  const broken = new AsanaError('AsanaUnavailable', 'POST /webhooks', { status: 500 });

  it.each<[string, () => Partial<SubscriptionServices>, string]>([
    [
      'the row cannot be added',
      () => ({ registry: { ...registry, addHook: failing(storage) } }),
      'StorageUnavailable',
    ],
    [
      'the row is added but the answer is lost',
      () => ({ registry: { ...registry, addHook: addThenFail } }),
      'StorageUnavailable',
    ],
    ['Asana refuses', () => withTrouble({ before: failing(refused) }), 'AsanaForbidden'],
    ['Asana fails before the handshake', () => withTrouble({ before: failing(broken) }), 'AsanaUnavailable'],
    ['Asana fails at the handshake', () => withTrouble({ handshake: failing(broken) }), 'AsanaUnavailable'],
    ['Asana fails after the handshake', () => withTrouble({ after: failing(broken) }), 'AsanaUnavailable'],
    [
      "Asana's answer is lost before it did anything",
      () => withTrouble({ before: failing(lostAnswer) }),
      'AsanaTimeout',
    ],
    ["Asana's answer is lost", () => withTrouble({ after: failing(lostAnswer) }), 'AsanaTimeout'],
    [
      'the handshake never reached us',
      () => withTrouble({ handshake: () => undefined }),
      'HandshakeNotConfirmed',
    ],
    [
      'another sender sent the handshake',
      () => withTrouble({ handshake: intruder }),
      'HandshakeNotConfirmed',
    ],
    [
      'the stored secret cannot be read',
      () => ({ registry: { ...registry, findHook: failing(storage) } }),
      'StorageUnavailable',
    ],
    [
      'the encryption key cannot be read',
      () => ({ encryptionKeys: { ...createMemoryEncryptionKeys(), version: failing(storage) } }),
      'StorageUnavailable',
    ],
    [
      'the row cannot be activated',
      () => ({ registry: { ...registry, transition: activating(failing(storage)) } }),
      'StorageUnavailable',
    ],
    [
      'the registration was withdrawn',
      () => ({ registry: { ...registry, transition: activating(async () => undefined) } }),
      'SubscriptionChanged',
    ],
    [
      'the connection has no token',
      () => withTrouble({ before: failing(new NamedError('ConnectionNotReady', 'no token')) }),
      'ConnectionNotReady',
    ],
  ])('when %s', async (_, change, name) => {
    await expect(createWebhook(wanted, services(change()))).rejects.toMatchObject({ name });
    expect(registry.table.rows.size).toBeLessThanOrEqual(1);
    expect([...registry.hooks(), ...registry.allSubscriptions()]).toEqual([]);
    expect(atAsana).toEqual([]);
  });

  function withTrouble(added: typeof trouble): Partial<SubscriptionServices> {
    trouble = added;
    return {};
  }

  async function addThenFail(...args: Parameters<MemoryRegistry['addHook']>): Promise<never> {
    await registry.addHook(...args);
    throw storage;
  }

  async function intruder(): Promise<void> {
    const hookKey = registry.hooks()[0]?.hookKey ?? '';
    await registry.storeSecret(hookKey, encryptSecret('x'.repeat(32), hookKey, encryptionKey), now);
  }

  it("when Asana's answer is lost and Asana creates the webhook later", async () => {
    const late: AtAsana[] = [];
    trouble.after = () => {
      late.push(...atAsana.splice(0));
      throw lostAnswer;
    };
    let pauses = 0;
    const sleep = async () => {
      pauses += 1;
      atAsana.push(...late.splice(0));
    };
    await expect(createWebhook(wanted, services({ sleep }))).rejects.toMatchObject({ name: 'AsanaTimeout' });
    expect(pauses).toBe(1);
    expect(atAsana).toEqual([]);
  });

  it('searches all pages and workspaces, and deletes only its own webhook', async () => {
    const others = ['a', 'b', 'c'].map((gid) => ({ gid, target: `https://example.org/${gid}` }));
    atAsana = [...others];
    trouble.after = failing(lostAnswer);
    await expect(createWebhook(wanted, services())).rejects.toThrow();
    expect(atAsana).toEqual(others);
  });

  it('closes its row, and explains the rest, if Asana cannot list webhooks', async () => {
    trouble.after = failing(lostAnswer);
    trouble.list = failing(broken);
    await expect(createWebhook(wanted, services())).rejects.toThrow('Asana deletes it after 24 hours');
    expect(registry.hooks()).toMatchObject([{ status: 'deleted' }]);
  });

  it('closes its row if the deletion at Asana fails', async () => {
    trouble.handshake = () => undefined;
    trouble.delete = failing(broken);
    await expect(createWebhook(wanted, services())).rejects.toThrow('Our endpoint refuses its deliveries');
    expect(registry.hooks()).toMatchObject([{ status: 'deleted' }]);
  });

  it('deletes the webhook at Asana even if every registry call fails', async () => {
    const down = { transition: failing(storage), removeHook: failing(storage) };
    await expect(createWebhook(wanted, services({ registry: { ...registry, ...down } }))).rejects.toThrow();
    expect(atAsana).toEqual([]);
  });

  it('refuses a handshake that comes after the create call gave up', async () => {
    let hookKey = '';
    trouble.before = () => {
      hookKey = registry.hooks()[0]?.hookKey ?? '';
      throw lostAnswer;
    };
    trouble.list = failing(broken);
    await expect(createWebhook(wanted, services())).rejects.toThrow();
    expect(await registry.storeSecret(hookKey, 'late', now)).toMatchObject({ stored: false });
  });
});

describe('createWebhook() whose activation failed', () => {
  const storage = new StorageUnavailable('Could not write: ThrottlingException');

  it('succeeds if the hook is active nevertheless', async () => {
    const transition = activating(async (...call) => {
      await registry.transition(...call);
      throw storage;
    });
    const made = await createWebhook(wanted, services({ registry: { ...registry, transition } }));
    expect(made.registry).toMatchObject({ status: 'active' });
    expect(atAsana).toHaveLength(1);
  });

  it('undoes nothing if nobody knows whether the hook is active', async () => {
    let isDown = false;
    const transition = activating(async (...call) => {
      await registry.transition(...call);
      isDown = true;
      throw storage;
    });
    const findHook: MemoryRegistry['findHook'] = async (hookKey) => {
      if (isDown) throw storage;
      return registry.findHook(hookKey);
    };
    const made = createWebhook(wanted, services({ registry: { ...registry, transition, findHook } }));
    await expect(made).rejects.toThrow('listSubscriptions shows whether it does');
    expect(atAsana).toHaveLength(1);
    expect(registry.hooks()).toMatchObject([{ status: 'active' }]);
    expect(registry.allSubscriptions()).toHaveLength(1);
  });
});

describe('createWebhook() with an idempotencyKey', () => {
  const keyed = { ...wanted, idempotencyKey: 'order-66' };

  it('creates one webhook for two calls', async () => {
    const first = await createWebhook(keyed, services());
    const second = await createWebhook(keyed, services());
    expect(atAsana).toHaveLength(1);
    expect(second.registry?.subscription).toBe(first.registry?.subscription);
    expect(second).toMatchObject({ data: { gid: '1000' } });
  });

  it('creates one webhook for ten simultaneous calls; the others get CreateInProgress', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => createWebhook(keyed, services())),
    );
    const failures = results.filter((result) => result.status === 'rejected');
    expect(atAsana).toHaveLength(1);
    expect(registry.hooks()).toHaveLength(1);
    for (const { reason } of failures) expect(reason).toMatchObject({ name: 'CreateInProgress' });
  });

  it('creates different webhooks for different keys and connections', async () => {
    await createWebhook(keyed, services());
    await createWebhook({ ...keyed, idempotencyKey: 'order-67' }, services());
    await createWebhook({ ...keyed, connection: 'other' }, services());
    expect(atAsana).toHaveLength(3);
  });

  it('refuses the key with other parameters', async () => {
    await createWebhook(keyed, services());
    await expect(createWebhook({ ...keyed, resource: '2' }, services())).rejects.toMatchObject({
      name: 'IdempotencyKeyReused',
    });
    expect(atAsana).toHaveLength(1);
  });

  it('can be called again immediately after a failure', async () => {
    trouble.after = failing(lostAnswer);
    await expect(createWebhook(keyed, services())).rejects.toThrow();
    trouble = {};
    await createWebhook(keyed, services());
    expect(atAsana).toHaveLength(1);
    expect(registry.hooks()).toHaveLength(1);
  });

  it('cleans up after a call that died half way, after the lease of that call', async () => {
    await new Promise<void>((died) => {
      const transition = activating(() => {
        died();
        return new Promise<never>(() => undefined);
      });
      void createWebhook(keyed, services({ registry: { ...registry, transition } }));
    });
    expect(registry.hooks()).toMatchObject([{ status: 'registering' }]);
    await expect(createWebhook(keyed, services())).rejects.toMatchObject({ name: 'CreateInProgress' });
    now = new Date(now.getTime() + 57_000);
    await createWebhook(keyed, services());
    expect(atAsana).toHaveLength(1);
    expect(registry.hooks()).toMatchObject([
      { status: 'deleted', generation: 1 },
      { status: 'active', generation: 2, webhookGid: atAsana[0]?.gid },
    ]);
  });

  it('forgets the key after 24 hours', async () => {
    await createWebhook(keyed, services());
    now = new Date(now.getTime() + 24 * 3_600_000);
    await createWebhook(keyed, services());
    expect(atAsana).toHaveLength(2);
  });

  it('creates a new webhook after the first webhook was deleted', async () => {
    await createWebhook(keyed, services());
    const [first] = atAsana;
    await deleteWebhook({ webhookGid: registry.hooks()[0]?.subscription ?? '' }, services());
    await createWebhook(keyed, services());
    expect(atAsana).toHaveLength(1);
    expect(atAsana[0]?.target).not.toBe(first?.target);
  });
});
