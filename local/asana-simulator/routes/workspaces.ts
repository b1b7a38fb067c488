import type { Hono } from 'hono';
import { answer, type Env, readInput } from '../call.ts';
import { missingInput, unknownObject } from '../errors.ts';
import { recordEvent } from '../events.ts';
import type { Project, World } from '../model.ts';
import { compact } from '../opt-fields.ts';
import { pageOf } from '../pagination.ts';
import { find } from '../tasks.ts';

const projectFields = ['resource_type', 'name', 'workspace'];

/** The endpoints of users, workspaces and projects that webhooks need. */
export function addWorkspaceRoutes(app: Hono<Env>, world: World, basePath: string): void {
  app.get('/users/:gid', (c) => {
    const gid = c.req.param('gid');
    const user = gid === 'me' ? c.get('access').user : find(world, 'user', gid);
    return answer(c, user, { fields: ['resource_type', 'name', 'email', 'workspaces'] });
  });

  app.get('/workspaces', (c) => {
    const { data, ...beside } = pageOf(world, c.get('access').user.workspaces, new URL(c.req.url), basePath);
    return answer(c, data, { fields: compact, beside });
  });
  app.get('/workspaces/:gid', (c) =>
    answer(c, find(world, 'workspace', c.req.param('gid')), { fields: compact }),
  );

  app.get('/workspaces/:gid/projects', (c) => {
    const { data, ...beside } = pageOf(
      world,
      projectsIn(world, c.req.param('gid')),
      new URL(c.req.url),
      basePath,
    );
    return answer(c, data, { fields: compact, beside });
  });
  app.get('/teams/:gid/projects', (c) => {
    const team = world.resources.get(c.req.param('gid'));
    if (team?.resource_type !== 'team') throw unknownObject('team', c.req.param('gid'));
    const projects = projectsIn(world, team.workspace.gid);
    const { data, ...beside } = pageOf(world, projects, new URL(c.req.url), basePath);
    return answer(c, data, { fields: compact, beside });
  });
  app.get('/projects', (c) => {
    const workspace = c.req.query('workspace');
    if (!workspace) throw missingInput('workspace');
    const { data, ...beside } = pageOf(world, projectsIn(world, workspace), new URL(c.req.url), basePath);
    return answer(c, data, { fields: compact, beside });
  });
  app.get('/projects/:gid', (c) =>
    answer(c, find(world, 'project', c.req.param('gid')), { fields: projectFields }),
  );

  app.post('/projects', (c) => {
    const { data } = readInput(c);
    if (typeof data.workspace !== 'string') throw missingInput('workspace');
    const workspace = find(world, 'workspace', data.workspace);
    const project: Project = {
      gid: world.newGid(),
      resource_type: 'project',
      name: String(data.name ?? ''),
      workspace,
    };
    world.resources.set(project.gid, project);
    recordEvent(world, { user: c.get('access').user, action: 'added', resource: project, parent: workspace });
    return answer(c, project, { fields: projectFields, status: 201 });
  });
  app.put('/projects/:gid', (c) => {
    const project = find(world, 'project', c.req.param('gid'));
    project.name = String(readInput(c).data.name ?? project.name);
    const change = { field: 'name', action: 'changed' };
    recordEvent(world, { user: c.get('access').user, action: 'changed', resource: project, change });
    return answer(c, project, { fields: projectFields });
  });
}

function projectsIn(world: World, workspace: string): readonly Project[] {
  find(world, 'workspace', workspace);
  return [...world.resources.values()].filter(
    (resource) => resource.resource_type === 'project' && resource.workspace.gid === workspace,
  ) as Project[];
}
