import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BulkItem, BulkResult } from '../../contract/bulk.ts';
import { callAsana } from '../../local/story/asana-api.ts';
import { type ClockedStage, setClockedStage } from './stage.ts';

const perMinute = 1_500;

let stage: ClockedStage;
beforeEach(async () => {
  // The limit of Asana is high. Only the rate that the bulk operation receives limits the calls.
  stage = await setClockedStage({ requestsPerMinute: 100_000 });
});
afterEach(() => stage.close());

async function addProjects(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const data = { name: `Project ${index}`, workspace: stage.workspace };
    await callAsana(stage.local.asanaUrl, stage.local.token, 'POST', '/projects', data);
  }
}

async function create(more: object = {}): Promise<BulkResult['data']> {
  const { data } = await stage.manage<BulkResult>({
    operation: 'createWebhooks',
    workspace: stage.workspace,
    requestsPerMinute: perMinute,
    ...more,
  });
  return data;
}

async function createAll(more: object = {}): Promise<BulkResult['data']> {
  let data = await create(more);
  while (data.status === 'paused') {
    if (data.done === 0) await stage.clock.sleep(2_000);
    data = await create(more);
  }
  return data;
}

const resources = () =>
  stage.simulator.controls.webhooks().map(({ resource }) => (resource as { gid: string }).gid);

describe('createWebhooks and deleteWebhooks', () => {
  it('creates 200 webhooks for 200 projects, despite 429s, within the rate', async () => {
    await addProjects(199);
    const seen = stage.simulator.controls.requests().length;
    stage.simulator.controls.addFault({
      on: 'api',
      method: 'POST',
      path: '/webhooks',
      kind: 'status',
      status: 429,
      retryAfterSeconds: 1,
      times: 6,
    });
    expect(await create({ plan: true })).toMatchObject({ status: 'planned', waiting: 200, done: 0 });
    expect(stage.simulator.controls.webhooks()).toEqual([]);

    const data = await createAll();
    expect(data).toMatchObject({ status: 'done', failed: 0, waiting: 0 });
    expect(resources()).toHaveLength(200);
    expect(new Set(resources()).size).toBe(200);
    const times = stage.simulator.controls
      .requests()
      .slice(seen)
      .map(({ at }) => Date.parse(at));
    for (const from of times) {
      expect(times.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(25);
    }
    expect(await create()).toMatchObject({ status: 'done', done: 0, unchanged: 200, items: [] });
  });

  it('creates one webhook per project if it is killed half way and run again', async () => {
    await addProjects(59);
    const killed = stage.local.manage({
      operation: 'createWebhooks',
      workspace: stage.workspace,
      requestsPerMinute: perMinute,
    });
    await stage.clock.until(() => stage.simulator.controls.webhooks().length >= 20);
    await stage.local.functions.management.crash();
    expect(await killed).toMatchObject({ ok: false });
    // The claims show which webhooks the killed function was creating.
    // The second run settles these webhooks after the lease of the killed function expires.
    const data = await createAll();
    expect(data).toMatchObject({ status: 'done', failed: 0, waiting: 0 });
    expect(resources()).toHaveLength(60);
    expect(new Set(resources()).size).toBe(60);
    expect(await create({ plan: true })).toMatchObject({ waiting: 0, unchanged: 60 });
  });

  it('replaces different filters, and reports each failure with its project', async () => {
    await addProjects(3);
    await create({ workspace: undefined, projects: [stage.project], filters: [{ resource_type: 'story' }] });
    stage.simulator.controls.addFault({ on: 'handshake', kind: 'lost', times: 1 });
    const filters = [{ resource_type: 'task', action: 'changed' }];
    const first = await create({ filters });
    const byResult = (items: readonly BulkItem[], result: string) =>
      items.filter((item) => item.result === result).map(({ action }) => action);
    expect(byResult(first.items, 'done').sort()).toEqual(['create', 'create', 'update']);
    expect(first.items.filter(({ result }) => result === 'failed')).toEqual([
      expect.objectContaining({
        action: 'create',
        name: expect.stringMatching(/^Project \d$/),
        error: { name: 'AsanaBadRequest', message: expect.stringContaining('handshake') },
      }),
    ]);
    expect(await create({ filters })).toMatchObject({ status: 'done', done: 1, unchanged: 3 });
    expect(resources()).toHaveLength(4);
  });

  it('selects projects by team, and deletes by resource or all, after a plan', async () => {
    await addProjects(2);
    // The simulator seeds the team directly after the project.
    const team = String(BigInt(stage.project) + 1n);
    expect(await create({ workspace: undefined, team, plan: true })).toMatchObject({ waiting: 3 });
    await createAll();
    const gone = { operation: 'deleteWebhooks', requestsPerMinute: perMinute };
    const one = { ...gone, resources: [stage.project] };
    expect(await stage.manage<BulkResult>({ ...one, plan: true })).toMatchObject({
      data: { status: 'planned', waiting: 1, items: [{ resource: stage.project, action: 'delete' }] },
    });
    expect(resources()).toHaveLength(3);
    expect(await stage.manage<BulkResult>(one)).toMatchObject({ data: { status: 'done', done: 1 } });
    expect(resources()).not.toContain(stage.project);
    await expect(stage.manage(gone)).rejects.toMatchObject({ name: 'InvalidRequest' });
    expect(await stage.manage<BulkResult>({ ...gone, all: true })).toMatchObject({ data: { done: 2 } });
    expect(resources()).toEqual([]);
  });

  it('counts webhooks against Asana’s limits', async () => {
    await addProjects(1);
    await createAll();
    await stage.manage({
      operation: 'createWebhook',
      resource: stage.project,
      filters: [{ resource_type: 'tag' }],
    });
    expect(await stage.manage({ operation: 'getQuota' })).toEqual({
      data: {
        connection: 'default',
        webhooks: { used: 3, limit: 10_000 },
        resources: [
          { resource: stage.project, used: 2, limit: 1_000 },
          { resource: expect.any(String), used: 1, limit: 1_000 },
        ],
        refused: [],
      },
    });
  });
});
