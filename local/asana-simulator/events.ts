import type { Change, RecordedEvent, Resource, Task, User, World } from './model.ts';

/** Records an event and calls every listener. All events of one user action have the same `created_at`. */
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
 * Returns the gids of the resources that receive the event. A comment's event reaches its task. A task's event reaches
 * its projects, its parent tasks and their projects. Neither event reaches a workspace (Asana's webhooks guide, on
 * propagation).
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
  // The event also reaches the project from which a task was just removed.
  if (parent?.resource_type === 'project' || parent?.resource_type === 'task') add(parent);
  if (resource.resource_type === 'project') heard.add(resource.workspace.gid);
  return heard;
}

function aboveTask({ projects, parent }: Task): readonly (Resource | null)[] {
  return [...projects, parent];
}

/** Returns an event as a webhook delivers it: gids and types, without a `change` that is not set. */
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

/** Returns an event as the Events API shows it: with names and the deprecated `type`. */
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
