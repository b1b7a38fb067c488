import type { Change, RecordedEvent, Resource, Task, User, World } from './model.ts';

/** Records an event and tells whoever listens. Events of one user action have one `created_at`. */
export function recordEvent(
  world: World,
  event: {
    readonly user: User | null;
    readonly action: string;
    readonly resource: Resource;
    readonly parent?: Resource | null;
    readonly change?: Change;
    readonly at?: Date;
  },
): RecordedEvent {
  const { user, action, resource, parent = null, change, at = world.clock.now() } = event;
  const recorded: RecordedEvent = {
    index: world.events.length,
    user,
    created_at: at.toISOString(),
    action,
    resource,
    parent,
    ...(change && { change }),
    heardBy: hearers(resource, parent),
  };
  world.events.push(recorded);
  for (const listener of world.listeners) listener(recorded);
  return recorded;
}

/**
 * Who hears of it: a comment is heard by its task, a task by the tasks above it and their projects, and none of
 * them by a workspace (Asana's webhooks guide, on propagation).
 */
function hearers(resource: Resource, parent: Resource | null): ReadonlySet<string> {
  const heard = new Set<string>();
  const add = (one: Resource | null): void => {
    if (one === null || heard.has(one.gid)) return;
    heard.add(one.gid);
    if (one.resource_type === 'story') add(one.target);
    if (one.resource_type === 'task') for (const above of aboveTask(one)) add(above);
  };
  add(resource);
  // The project that a task was just removed from hears of it as well.
  if (parent?.resource_type === 'project' || parent?.resource_type === 'task') add(parent);
  if (resource.resource_type === 'project') heard.add(resource.workspace.gid);
  return heard;
}

function aboveTask({ projects, parent }: Task): readonly (Resource | null)[] {
  return [...projects, parent];
}

/** An event as a webhook delivers it: gids and types, and nothing that is not set. */
export function toWebhookForm(event: RecordedEvent): Record<string, unknown> {
  const { user, created_at, action, resource, parent, change } = event;
  return {
    user: user && { gid: user.gid, resource_type: 'user' },
    created_at,
    action,
    resource: skinny(resource),
    parent: parent && skinny(parent),
    ...(change && { change }),
  };
}

/** An event as the Events API gives it: with names, and the deprecated `type`. */
export function toEventsApiForm(event: RecordedEvent): Record<string, unknown> {
  const { user, created_at, action, resource, parent, change } = event;
  return {
    user: user && { gid: user.gid, resource_type: 'user', name: user.name },
    created_at,
    type: resource.resource_type,
    action,
    resource: { ...skinny(resource), ...nameOf(resource) },
    parent: parent && { ...skinny(parent), ...nameOf(parent) },
    ...(change && { change }),
  };
}

function skinny(resource: Resource): Record<string, unknown> {
  const { gid, resource_type } = resource;
  return 'resource_subtype' in resource
    ? { gid, resource_type, resource_subtype: resource.resource_subtype }
    : { gid, resource_type };
}

function nameOf(resource: Resource): Record<string, unknown> {
  return 'name' in resource ? { name: resource.name } : { text: resource.text };
}
