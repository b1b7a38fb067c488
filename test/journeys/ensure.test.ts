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

/** Returns the gid of the only webhook on the project. The webhook must deliver one event for one change. */
async function theOneThatWorks(): Promise<string> {
  const webhooks = stage.simulator.controls.webhooks();
  expect(webhooks).toHaveLength(1);
  const before = (await stage.events()).length;
  await stage.changeTask({ due_on: `2031-01-${String(10 + before).padStart(2, '0')}` });
  await stage.settle();
  expect(await stage.events()).toHaveLength(before + 1);
  return String(webhooks[0]?.gid);
}

/** Creates a webhook to our endpoint that our registry does not contain, as after the loss of the table. */
async function foreign(): Promise<void> {
  const made = await stage.manage({ operation: 'createWebhook', resource: stage.project, filters });
  const { DeleteItemCommand } = await import('@aws-sdk/client-dynamodb');
  const pk = { S: made.data.target.split('/').at(-1) ?? '' };
  await stage.dynamodb.send(new DeleteItemCommand({ TableName: 'AsanaWebhooks-registry', Key: { pk } }));
}

const settled = (tries: readonly PromiseSettledResult<Ensured>[]) =>
  tries.map((result) => (result.status === 'fulfilled' ? result.value : Promise.reject(result.reason)));

describe('ensureWebhook', () => {
  it('creates a webhook, finds it, and updates its filters if they differ', async () => {
    const created = await ensure();
    expect(created).toMatchObject({ ensured: 'created', registry: { status: 'active' } });
    const { gid } = created.data;
    expect(await ensure({ filters: sameFilters })).toMatchObject({ ensured: 'found', data: { gid } });
    const updated = await ensure({ filters: [{ resource_type: 'task' }] });
    expect(updated).toMatchObject({
      ensured: 'updated',
      data: { gid, filters: [{ resource_type: 'task', action: null }] },
      registry: { subscription: created.registry.subscription },
    });
    expect(await ensure({ filters: [{ resource_type: 'task' }] })).toMatchObject({ ensured: 'found' });
    expect(await ensure({})).toMatchObject({ ensured: 'updated', data: { filters: [] } });
  });

  it('sees filters that were changed at Asana', async () => {
    const { data } = await ensure();
    await callAsana(stage.local.asanaUrl, stage.local.token, 'PUT', `/webhooks/${data.gid}`, { filters: [] });
    expect(await ensure()).toMatchObject({ ensured: 'updated', data: { gid: data.gid } });
  });

  it('creates a new webhook if the webhook was deleted at Asana', async () => {
    const { data } = await ensure();
    await callAsana(stage.local.asanaUrl, stage.local.token, 'DELETE', `/webhooks/${data.gid}`);
    expect(await ensure()).toMatchObject({ ensured: 'created' });
    expect(await theOneThatWorks()).not.toBe(data.gid);
  });

  it('deletes a second webhook with the same filters, and keeps a webhook with others', async () => {
    const made = { operation: 'createWebhook', resource: stage.project };
    await stage.manage({ ...made, filters });
    await stage.manage({ ...made, filters: sameFilters });
    const other = await stage.manage({ ...made, filters: [{ resource_type: 'section' }] });
    expect(await ensure()).toMatchObject({ ensured: 'found' });
    const gids = stage.simulator.controls.webhooks().map(({ gid }) => gid);
    expect(gids).toHaveLength(2);
    expect(gids).toContain(other.data.gid);
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

  it.each<[string, () => Promise<unknown>, string]>([
    ['on an empty project', async () => undefined, 'created'],
    ['on a project with our webhook', () => ensure(), 'found'],
    ['on a project with a webhook whose secret we do not have', foreign, 'recreated'],
  ])('leaves one working webhook after ten simultaneous calls %s', async (_, prepare, first) => {
    await prepare();
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => ensure()));
    const results = await Promise.all(settled(tries));
    expect(results.filter(({ ensured }) => ensured === first).length).toBeGreaterThanOrEqual(1);
    const others = results.filter(({ ensured }) => ensured !== first);
    expect(new Set(others.map(({ ensured }) => ensured))).toEqual(
      new Set(others.length > 0 ? ['found'] : []),
    );
    expect(new Set(results.map(({ data }) => data.gid))).toEqual(new Set([await theOneThatWorks()]));
  });

  it('leaves no row if Asana fails, and can be called again', async () => {
    stage.simulator.controls.addFault({ on: 'handshake', kind: 'lost', times: 1 });
    await expect(ensure()).rejects.toMatchObject({ name: 'AsanaBadRequest' });
    expect(await stage.rows()).toEqual([]);
    expect(await ensure()).toMatchObject({ ensured: 'created' });
  });
});
