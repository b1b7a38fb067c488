import { recordEvent } from './events.ts';
import type { Story, Task, User, World } from './model.ts';

/** A change of a task that Asana also records as a story. */
export interface SystemStory {
  readonly task: Task;
  readonly subtype: string;
  readonly text: string;
}

/**
 * Adds the story that Asana adds to a task when the task changes. A webhook also receives the story's event, unless its
 * filters accept only tasks.
 */
export function addSystemStory(world: World, user: User, story: SystemStory, at: Date): void {
  if (world.knobs.systemStories) addStory(world, user, { ...story, type: 'system' }, at);
}

/** Adds a story to a task. */
export function addStory(
  world: World,
  user: User,
  { task, type, subtype, text }: SystemStory & Pick<Story, 'type'>,
  at: Date,
): Story {
  const story: Story = {
    gid: world.newGid(),
    resource_type: 'story',
    resource_subtype: subtype,
    type,
    created_at: at.toISOString(),
    created_by: user,
    target: task,
    text,
  };
  world.resources.set(story.gid, story);
  recordEvent(world, { user, action: 'added', resource: story, parent: task, at });
  return story;
}
