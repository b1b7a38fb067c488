import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type TestWorld } from './world.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

interface Event {
  readonly user: unknown;
  readonly created_at: string;
  readonly action: string;
  readonly resource: {
    readonly gid: string;
    readonly resource_type: string;
    readonly resource_subtype?: string;
  };
  readonly parent: object | null;
}

const stories = () =>
  (world.events() as unknown as Event[]).filter(({ resource }) => resource.resource_type === 'story');

async function change(path: string, data: object, method = 'POST'): Promise<void> {
  const { status } = await world.call(method, path, data);
  expect(status).toBeLessThan(300);
  await world.simulator.controls.settle();
}

describe('a change of a task', () => {
  it.each<[string, (world: TestWorld) => object, readonly string[]]>([
    ['its name', () => ({ name: 'Another' }), ['name_changed']],
    ['its notes', () => ({ notes: 'More' }), ['notes_changed']],
    ['its due date', () => ({ due_on: '2030-12-24' }), ['due_date_changed']],
    ['its assignee', ({ seeded }) => ({ assignee: seeded.user }), ['assigned']],
    ['completion', () => ({ completed: true }), ['marked_complete']],
    [
      'an enum field',
      ({ seeded }) => ({ custom_fields: { [seeded.customField]: seeded.options[0] } }),
      ['enum_custom_field_changed'],
    ],
    ['two fields', () => ({ name: 'Another', notes: 'More' }), ['name_changed', 'notes_changed']],
    ['nothing', ({ seeded }) => ({ name: seeded.tasks.length === 3 ? 'Write the plan' : '' }), []],
  ])('of %s adds a story to it', async (_, data, subtypes) => {
    const [task = ''] = world.seeded.tasks;
    await world.webhook();
    await change(`/tasks/${task}`, data(world), 'PUT');
    expect(stories()).toEqual(
      subtypes.map((resource_subtype) => ({
        user: { gid: world.seeded.user, resource_type: 'user' },
        created_at: '2026-11-23T10:00:00.000Z',
        action: 'added',
        resource: { gid: expect.stringMatching(/^\d+$/), resource_type: 'story', resource_subtype },
        parent: { gid: task, resource_type: 'task', resource_subtype: 'default_task' },
      })),
    );
    expect(new Set(stories().map(({ resource }) => resource.gid)).size).toBe(subtypes.length);
  });

  it('adds a story if it is reverted', async () => {
    const [task = ''] = world.seeded.tasks;
    await change(`/tasks/${task}`, { completed: true, assignee: 'me' }, 'PUT');
    await world.webhook();
    await change(`/tasks/${task}`, { completed: false, assignee: null }, 'PUT');
    expect(stories().map(({ resource }) => resource.resource_subtype)).toEqual([
      'marked_incomplete',
      'unassigned',
    ]);
  });

  it('adds a story for a project or follower, and only one story for a comment', async () => {
    await world.webhook();
    const { project, user, workspace } = world.seeded;
    await change('/tasks', { name: 'New', projects: [project], assignee: user });
    const other = (await world.call('POST', '/projects', { name: 'Other', workspace })).body.data.gid;
    const [task = ''] = world.seeded.tasks;
    await change(`/tasks/${task}/addProject`, { project: other });
    await change(`/tasks/${task}/removeProject`, { project: other });
    await change(`/tasks/${task}/addFollowers`, { followers: [world.simulator.seed().user] });
    await change(`/tasks/${task}/stories`, { text: 'Well done' });
    expect(stories().map(({ resource }) => resource.resource_subtype)).toEqual([
      'added_to_project',
      'assigned',
      'added_to_project',
      'removed_from_project',
      'follower_added',
      'comment_added',
    ]);
  });

  it('adds a story that the Events API also returns', async () => {
    const [task = ''] = world.seeded.tasks;
    const first = await world.call('GET', `/events?resource=${task}`);
    await change(`/tasks/${task}`, { due_on: '2030-12-24' }, 'PUT');
    const { body } = await world.call('GET', `/events?resource=${task}&sync=${first.body.sync}`);
    expect(body.data.map(({ type }: { type: string }) => type)).toEqual(['task', 'story']);
  });

  it('adds a story that filters can exclude', async () => {
    await world.webhook({ filters: [{ resource_type: 'task' }] });
    await change(`/tasks/${world.seeded.tasks[0]}`, { due_on: '2030-12-24' }, 'PUT');
    expect(world.events()).toHaveLength(1);
  });

  it('adds no story if the knob is off, except for comments', async () => {
    await world.close();
    world = await startWorld({ systemStories: false });
    await world.webhook();
    await change(`/tasks/${world.seeded.tasks[0]}`, { due_on: '2030-12-24' }, 'PUT');
    await change(`/tasks/${world.seeded.tasks[0]}/stories`, { text: 'Well done' });
    expect(stories().map(({ resource }) => resource.resource_subtype)).toEqual(['comment_added']);
  });
});
