import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callAsana } from '../../local/story/asana-api.ts';
import { type ClockedStage, type ManagedWebhook, setClockedStage } from './stage.ts';

type Ensured = ManagedWebhook & { readonly ensured: string };

const filters = [
  { resource_type: 'task', action: 'changed', fields: ['due_on', 'completed'] },
  { resource_type: 'story', resource_subtype: 'comment_added', action: 'added' },
];
/** The same filters, written in another order. */
const sameFilters = [
  { action: 'added', resource_subtype: 'comment_added', resource_type: 'story' },
  { resource_type: 'task', fields: ['completed', 'due_on'], action: 'changed' },
];

let stage: ClockedStage;
beforeEach(async () => {
  stage = await setClockedStage();
});
afterEach(() => stage.close());

function ensure(wanted: object = { filters }): Promise<Ensured> {
  return stage.manage<Ensured>({ operation: 'ensureWebhook', resource: stage.project, ...wanted });
}

/** Returns the gid of the newest of `count` webhooks on the project. One change must give one event. */
async function theOneThatWorks(count = 1): Promise<string> {
  const webhooks = stage.simulator.controls.webhooks();
  expect(webhooks).toHaveLength(count);
  const before = (await stage.events()).length;
  await stage.changeTask({ due_on: `2031-01-${String(10 + before).padStart(2, '0')}` });
  await stage.settle();
  expect(await stage.events()).toHaveLength(before + 1);
  return String(webhooks.at(-1)?.gid);
}

/** Creates a webhook whose row our registry has lost. */
async function foreign(): Promise<void> {
  const made = await stage.manage({ operation: 'createWebhook', resource: stage.project, filters });
  const { DeleteItemCommand } = await import('@aws-sdk/client-dynamodb');
  const pk = { S: `hook#${made.data.target.split('/').at(-1)}` };
  const Key = { pk, sk: { S: 'hook' } };
  await stage.dynamodb.send(new DeleteItemCommand({ TableName: 'AsanaWebhooks-registry', Key }));
}

const settled = (tries: readonly PromiseSettledResult<Ensured>[]) =>
  tries.map((result) => (result.status === 'fulfilled' ? result.value : Promise.reject(result.reason)));

describe('ensureWebhook', () => {
  it('creates a webhook and finds it by exactly its filters', async () => {
    const created = await ensure();
    expect(created).toMatchObject({ ensured: 'created', registry: { status: 'active' }, others: [] });
    const { gid } = created.data;
    expect(await ensure({ filters: sameFilters })).toMatchObject({ ensured: 'found', data: { gid } });
    const other = await ensure({ filters: [{ resource_type: 'task' }] });
    const { subscription } = created.registry;
    expect(other).toMatchObject({ ensured: 'created', others: [{ subscription, filters }] });
    expect(await ensure()).toMatchObject({ ensured: 'found', data: { gid } });
  });

  it('with a name updates the filters of its own webhook', async () => {
    const name = 'bugs';
    const created = await ensure({ name, filters });
    const { gid } = created.data;
    expect(await ensure({ name, filters: sameFilters })).toMatchObject({ ensured: 'found', data: { gid } });
    const updated = await ensure({ name, filters: [{ resource_type: 'task' }] });
    expect(updated).toMatchObject({
      ensured: 'updated',
      data: { gid, filters: [{ resource_type: 'task', action: null }] },
      registry: { subscription: created.registry.subscription },
    });
    expect(await ensure({ name })).toMatchObject({ ensured: 'updated', data: { filters: [] } });
  });

  it('sees filters that were changed at Asana', async () => {
    const { data } = await ensure();
    await callAsana(stage.local.asanaUrl, stage.local.token, 'PUT', `/webhooks/${data.gid}`, { filters: [] });
    expect(await ensure()).toMatchObject({ ensured: 'updated', data: { gid: data.gid } });
  });

  it('creates a new webhook if the webhook was deleted at Asana', async () => {
    const { data } = await ensure();
    await callAsana(stage.local.asanaUrl, stage.local.token, 'DELETE', `/webhooks/${data.gid}`);
    expect(await ensure()).toMatchObject({ ensured: 'recreated' });
    expect(await theOneThatWorks()).not.toBe(data.gid);
  });

  it('changes and deletes no other webhook on the resource', async () => {
    const made = { operation: 'createWebhook', resource: stage.project };
    for (const wanted of [filters, sameFilters, [{ resource_type: 'section' }]]) {
      await stage.manage({ ...made, filters: wanted });
    }
    const before = stage.simulator.controls.webhooks();
    expect(await ensure()).toMatchObject({ ensured: 'found', others: [{}, {}] });
    expect(stage.simulator.controls.webhooks()).toEqual(before);
  });

  it('keeps webhooks that have an external target', async () => {
    const { startTarget } = await import('../local/asana-simulator/world.ts');
    const elsewhere = await startTarget();
    await stage.manage({
      operation: 'createWebhook',
      resource: stage.project,
      target: `${elsewhere.url}/hook`,
      external: true,
    });
    expect(await ensure()).toMatchObject({ ensured: 'created' });
    expect(stage.simulator.controls.webhooks()).toHaveLength(2);
    await elsewhere.close();
  });

  it.each<[string, () => Promise<unknown>, string, number]>([
    ['on an empty project', async () => undefined, 'created', 1],
    ['on a project with our webhook', () => ensure(), 'found', 1],
    // Asana deletes the webhook that we do not know after 24 hours of refused deliveries.
    ['on a project with a webhook whose secret we do not have', foreign, 'recreated', 2],
  ])('leaves one working webhook after ten simultaneous calls %s', async (_, prepare, first, count) => {
    await prepare();
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => ensure()));
    const results = await Promise.all(settled(tries));
    expect(results.filter(({ ensured }) => ensured === first).length).toBeGreaterThanOrEqual(1);
    const others = results.filter(({ ensured }) => ensured !== first);
    expect(new Set(others.map(({ ensured }) => ensured))).toEqual(
      new Set(others.length > 0 ? ['found'] : []),
    );
    expect(new Set(results.map(({ data }) => data.gid))).toEqual(new Set([await theOneThatWorks(count)]));
  });

  it('leaves no row if Asana fails, and can be called again', async () => {
    stage.simulator.controls.addFault({ on: 'handshake', kind: 'lost', times: 1 });
    await expect(ensure()).rejects.toMatchObject({ name: 'AsanaBadRequest' });
    expect(await stage.rows()).toEqual([]);
    expect(await ensure()).toMatchObject({ ensured: 'created' });
  });
});
