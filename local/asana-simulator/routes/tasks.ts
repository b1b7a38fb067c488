import type { Hono } from 'hono';
import { answer, type Env, json, readInput } from '../call.ts';
import { requireGid } from '../errors.ts';
import type { World } from '../model.ts';
import { compact } from '../opt-fields.ts';
import { pageOf } from '../pagination.ts';
import {
  addComment,
  addFollowers,
  addProject,
  createTask,
  deleteTask,
  find,
  gids,
  removeProject,
  updateTask,
} from '../tasks.ts';

const taskFields = [
  'resource_type',
  'resource_subtype',
  'name',
  'notes',
  'completed',
  'completed_at',
  'created_at',
  'due_on',
  'assignee',
  'followers',
  'projects',
  'parent',
  'custom_fields',
  'workspace',
];
const storyFields = [
  'resource_type',
  'resource_subtype',
  'type',
  'text',
  'created_at',
  'created_by',
  'target',
];

/** The endpoints of tasks and comments that cause events. */
export function addTaskRoutes(app: Hono<Env>, world: World, basePath: string): void {
  const me = (c: { get(name: 'access'): { user: import('../model.ts').User } }) => c.get('access').user;

  app.post('/tasks', (c) =>
    answer(c, createTask(world, me(c), readInput(c).data), { fields: taskFields, status: 201 }),
  );
  app.get('/tasks/:gid', (c) => answer(c, find(world, 'task', c.req.param('gid')), { fields: taskFields }));
  app.put('/tasks/:gid', (c) =>
    answer(c, updateTask(world, me(c), c.req.param('gid'), readInput(c).data), { fields: taskFields }),
  );
  app.delete('/tasks/:gid', (c) => {
    deleteTask(world, me(c), c.req.param('gid'));
    return json(c, 200, { data: {} });
  });
  app.post('/tasks/:gid/addProject', (c) => {
    addProject(world, me(c), c.req.param('gid'), requireGid('project', readInput(c).data.project));
    return json(c, 200, { data: {} });
  });
  app.post('/tasks/:gid/removeProject', (c) => {
    removeProject(world, me(c), c.req.param('gid'), requireGid('project', readInput(c).data.project));
    return json(c, 200, { data: {} });
  });
  app.post('/tasks/:gid/addFollowers', (c) => {
    const task = addFollowers(world, me(c), c.req.param('gid'), gids(readInput(c).data.followers));
    return answer(c, task, { fields: taskFields });
  });
  app.post('/tasks/:gid/stories', (c) => {
    const story = addComment(world, me(c), c.req.param('gid'), String(readInput(c).data.text ?? ''));
    return answer(c, story, { fields: storyFields, status: 201 });
  });
  app.get('/projects/:gid/tasks', (c) => {
    const project = find(world, 'project', c.req.param('gid'));
    const tasks = [...world.resources.values()].filter(
      (resource) => resource.resource_type === 'task' && resource.projects.includes(project),
    );
    const { data, ...beside } = pageOf(world, tasks, new URL(c.req.url), basePath);
    return answer(c, data, { fields: [...compact, 'resource_subtype'], beside });
  });
}
