import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BulkResult } from '../../contract/bulk.ts';
import { callAsana } from '../../local/story/asana-api.ts';
import { type ManagedWebhook, type Stage, setStage } from './stage.ts';

let stage: Stage;
let webhook: ManagedWebhook;
/** The filters of the webhook as getWebhook returns them. */
let returned: readonly object[];
beforeAll(async () => {
  stage = await setStage();
  const filters = [
    { resource_type: 'task', action: 'changed', fields: ['due_on'] },
    { resource_type: 'story', resource_subtype: 'comment_added' },
  ];
  webhook = await stage.manage({ operation: 'createWebhook', resource: stage.project, filters });
  const { data } = await stage.manage<ManagedWebhook>({
    operation: 'getWebhook',
    webhookGid: webhook.data.gid,
  });
  returned = data.filters as readonly object[];
});
afterAll(() => stage.close());

async function newProject(): Promise<string> {
  const data = { name: 'Another', workspace: stage.workspace };
  const { gid } = (await callAsana(stage.local.asanaUrl, stage.local.token, 'POST', '/projects', data)) as {
    gid: string;
  };
  return gid;
}

/** The filters in the registry. */
async function stored(gid: string): Promise<unknown> {
  const rows = await stage.rows();
  const hook = rows.find(({ webhookGid }) => webhookGid?.S === gid);
  const row = rows.find(({ id }) => id?.S !== undefined && id.S === hook?.subscription?.S);
  return JSON.parse(row?.filters?.S ?? 'null');
}

describe('the filters that getWebhook returns', () => {
  it('have null for members that are not set', () => {
    expect(returned).toEqual([
      { resource_type: 'task', resource_subtype: null, action: 'changed', fields: ['due_on'] },
      { resource_type: 'story', resource_subtype: 'comment_added', action: null, fields: null },
    ]);
  });

  it('are accepted by updateWebhook, and change nothing', async () => {
    const { gid } = webhook.data;
    const before = await stored(gid);
    const updated = await stage.manage<ManagedWebhook>({
      operation: 'updateWebhook',
      webhookGid: gid,
      filters: returned,
    });
    expect(updated.data.filters).toEqual(returned);
    expect(await stored(gid)).toEqual(before);
    expect(JSON.stringify(before)).not.toContain('null');
  });

  it('are accepted by ensureWebhook and createWebhooks, which find the webhook', async () => {
    expect(
      await stage.manage({ operation: 'ensureWebhook', resource: stage.project, filters: returned }),
    ).toMatchObject({ ensured: 'found', data: { gid: webhook.data.gid } });
    const bulk = await stage.manage<BulkResult>({
      operation: 'createWebhooks',
      projects: [stage.project],
      filters: returned,
    });
    expect(bulk.data).toMatchObject({ status: 'done', unchanged: 1, done: 0 });
  });

  it('are accepted by createWebhook, as the same request as without the members that are null', async () => {
    const resource = await newProject();
    const call = { operation: 'createWebhook', resource, idempotencyKey: 'filters' };
    const made = await stage.manage<ManagedWebhook>({ ...call, filters: returned });
    expect(made.data.filters).toEqual(returned);
    const [task, story] = [{ resource_type: 'task', action: 'changed', fields: ['due_on'] }, returned[1]];
    const again = await stage.manage<ManagedWebhook>({ ...call, filters: [task, story] });
    expect(again.data.gid).toBe(made.data.gid);
  });

  it('can be null instead of a list, except in updateWebhook', async () => {
    const resource = await newProject();
    const made = await stage.manage<ManagedWebhook>({
      operation: 'createWebhook',
      resource,
      filters: null,
    });
    expect(made.data.filters).toEqual([]);
    expect(await stage.manage({ operation: 'ensureWebhook', resource, filters: null })).toMatchObject({
      ensured: 'found',
    });
    const bulk = { operation: 'createWebhooks', projects: [resource], filters: null };
    expect((await stage.manage<BulkResult>(bulk)).data).toMatchObject({ unchanged: 1 });
    const update = { operation: 'updateWebhook', webhookGid: made.data.gid, filters: null };
    await expect(stage.manage(update)).rejects.toThrow('filters must be a list of filters');
  });
});
