import { AsanaFault, missingInput, unknownObject } from './errors.ts';
import { recordEvent } from './events.ts';
import type { Change, Project, Story, Task, User, World } from './model.ts';
import { addStory, addSystemStory } from './stories.ts';

type Data = Readonly<Record<string, unknown>>;

/** @throws AsanaFault 404 */
export function find<Type extends 'task' | 'project' | 'user' | 'workspace'>(
  world: World,
  type: Type,
  gid: string,
) {
  const resource = world.resources.get(gid);
  if (resource?.resource_type !== type) throw unknownObject(type, gid);
  return resource as Extract<typeof resource, { resource_type: Type }>;
}

export function createTask(world: World, user: User, data: Data): Task {
  const projects = gids(data.projects).map((gid) => find(world, 'project', gid));
  const parent = typeof data.parent === 'string' ? find(world, 'task', data.parent) : null;
  const named = typeof data.workspace === 'string' ? find(world, 'workspace', data.workspace) : undefined;
  const workspace = named ?? projects[0]?.workspace ?? parent?.workspace;
  if (!workspace) throw missingInput('workspace');
  const at = world.clock.now();
  const task: Task = {
    gid: world.newGid(),
    resource_type: 'task',
    resource_subtype: typeof data.resource_subtype === 'string' ? data.resource_subtype : 'default_task',
    workspace,
    created_at: at.toISOString(),
    name: String(data.name ?? ''),
    notes: String(data.notes ?? ''),
    completed: false,
    completed_at: null,
    due_on: typeof data.due_on === 'string' ? data.due_on : null,
    assignee: typeof data.assignee === 'string' ? findUser(world, user, data.assignee) : null,
    followers: [user],
    projects,
    parent,
    custom_fields: [],
  };
  world.resources.set(task.gid, task);
  const parents = [...projects, ...(parent ? [parent] : [])];
  for (const above of parents.length > 0 ? parents : [null]) {
    recordEvent(world, { user, action: 'added', resource: task, parent: above, at });
  }
  for (const project of projects) addSystemStory(world, user, addedTo(task, project), at);
  if (task.assignee) addSystemStory(world, user, assignmentOf(task), at);
  return task;
}

const addedTo = (task: Task, { name }: Project) => ({
  task,
  subtype: 'added_to_project',
  text: `added to ${name}`,
});

const assignmentOf = (task: Task) =>
  task.assignee
    ? { task, subtype: 'assigned', text: `assigned to ${task.assignee.name}` }
    : { task, subtype: 'unassigned', text: 'unassigned' };

/** The story subtype of each text field. */
const fieldStories = { name: 'name_changed', notes: 'notes_changed', due_on: 'due_date_changed' } as const;

/** Changes a task. Each changed field adds an event and a story. A completion adds two events, as in Asana. */
export function updateTask(world: World, user: User, gid: string, data: Data): Task {
  const task = find(world, 'task', gid);
  const at = world.clock.now();
  const changed = (change: Change) =>
    recordEvent(world, { user, action: 'changed', resource: task, change, at });
  const tell = (subtype: string, text: string) => addSystemStory(world, user, { task, subtype, text }, at);
  for (const field of ['name', 'notes', 'due_on'] as const) {
    if (!(field in data) || data[field] === task[field]) continue;
    const isCleared = field === 'due_on' && data[field] === null;
    if (typeof data[field] !== 'string' && !isCleared) throw new AsanaFault(400, `${field}: Not a string`);
    Object.assign(task, { [field]: data[field] });
    changed({ field, action: 'changed' });
    tell(fieldStories[field], `changed ${field} to ${data[field]}`);
  }
  if (typeof data.completed === 'boolean' && data.completed !== task.completed) {
    task.completed = data.completed;
    task.completed_at = data.completed ? at.toISOString() : null;
    changed({ field: 'completed', action: 'changed' });
    changed({ field: 'completed_at', action: 'changed' });
    const subtype = data.completed ? 'marked_complete' : 'marked_incomplete';
    tell(subtype, subtype.replace('_', ' '));
  }
  if ('assignee' in data) {
    task.assignee = typeof data.assignee === 'string' ? findUser(world, user, data.assignee) : null;
    const { assignee } = task;
    changed({
      field: 'assignee',
      action: 'changed',
      new_value: assignee && { gid: assignee.gid, resource_type: 'user' },
    });
    addSystemStory(world, user, assignmentOf(task), at);
  }
  for (const [field, option] of Object.entries((data.custom_fields ?? {}) as Data)) {
    changed(setCustomField(world, task, field, option));
    tell('enum_custom_field_changed', `changed custom field ${field}`);
  }
  return task;
}

function setCustomField(world: World, task: Task, gid: string, option: unknown): Change {
  const known = world.customFields.get(gid);
  if (!known) throw unknownObject('custom_field', gid);
  const value = known.enum_options.find((candidate) => candidate.gid === option) ?? null;
  if (option !== null && value === null) throw new AsanaFault(400, 'custom_fields: Not a valid option');
  task.custom_fields = [
    ...task.custom_fields.filter((field) => field.gid !== gid),
    { ...known, enum_value: value },
  ];
  return {
    field: 'custom_fields',
    action: 'changed',
    new_value: {
      gid,
      resource_type: 'custom_field',
      resource_subtype: 'enum',
      enum_value: value && { gid: value.gid, resource_type: 'enum_option' },
    },
  };
}

export function deleteTask(world: World, user: User, gid: string): void {
  const task = find(world, 'task', gid);
  recordEvent(world, { user, action: 'deleted', resource: task });
  world.resources.delete(gid);
}

export function addProject(world: World, user: User, gid: string, projectGid: string): void {
  const task = find(world, 'task', gid);
  const project = find(world, 'project', projectGid);
  if (task.projects.includes(project)) return;
  const at = world.clock.now();
  task.projects = [...task.projects, project];
  recordEvent(world, { user, action: 'added', resource: task, parent: project, at });
  addSystemStory(world, user, addedTo(task, project), at);
}

export function removeProject(world: World, user: User, gid: string, projectGid: string): void {
  const task = find(world, 'task', gid);
  const project = find(world, 'project', projectGid);
  if (!task.projects.includes(project)) throw new AsanaFault(400, 'project: The task is not in this project');
  const at = world.clock.now();
  task.projects = task.projects.filter((other: Project) => other !== project);
  recordEvent(world, { user, action: 'removed', resource: task, parent: project, at });
  const text = `removed from ${project.name}`;
  addSystemStory(world, user, { task, subtype: 'removed_from_project', text }, at);
}

export function addFollowers(world: World, user: User, gid: string, followers: readonly string[]): Task {
  const task = find(world, 'task', gid);
  for (const follower of followers.map((name) => findUser(world, user, name))) {
    if (task.followers.includes(follower)) continue;
    task.followers = [...task.followers, follower];
    const at = world.clock.now();
    const added_value = { gid: follower.gid, resource_type: 'user' };
    const change = { field: 'followers', action: 'added', added_value };
    recordEvent(world, { user, action: 'changed', resource: task, change, at });
    const text = `added ${follower.name} as a follower`;
    addSystemStory(world, user, { task, subtype: 'follower_added', text }, at);
  }
  return task;
}

export function addComment(world: World, user: User, gid: string, text: string): Story {
  const task = find(world, 'task', gid);
  const comment = { task, type: 'comment', subtype: 'comment_added', text } as const;
  return addStory(world, user, comment, world.clock.now());
}

function findUser(world: World, me: User, named: string): User {
  return named === 'me' ? me : find(world, 'user', named);
}

/** Returns the gids of a list. The list is a comma-separated text or an array. */
export function gids(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(',');
  return Array.isArray(value) ? value.map(String) : [];
}
