import { randomBytes } from 'node:crypto';
import type { Access, CustomField, OtherResource, Project, User, Workspace, World } from './model.ts';
import { createTask } from './tasks.ts';

/** The names of the seeded objects. */
export interface Seed {
  readonly workspace?: string;
  readonly project?: string;
  readonly tasks?: readonly string[];
  readonly user?: string;
  /** The token to use instead of a new token. */
  readonly token?: string;
}

/** The token and the gids of the seeded objects. */
export interface Seeded {
  readonly token: string;
  readonly user: string;
  readonly workspace: string;
  readonly project: string;
  readonly tasks: readonly string[];
  readonly team: string;
  readonly portfolio: string;
  /** An enum field, and the gids of its options. */
  readonly customField: string;
  readonly options: readonly string[];
}

/** Creates a user with a personal access token, a workspace, and a project with tasks. */
export function seedWorld(world: World, seed: Seed = {}): Seeded {
  const workspace: Workspace = {
    gid: world.newGid(),
    resource_type: 'workspace',
    name: seed.workspace ?? 'Example workspace',
  };
  const user: User = {
    gid: world.newGid(),
    resource_type: 'user',
    name: seed.user ?? 'Example user',
    email: 'user@example.com',
    workspaces: [workspace],
  };
  const project: Project = {
    gid: world.newGid(),
    resource_type: 'project',
    name: seed.project ?? 'Example project',
    workspace,
  };
  const team: OtherResource = { gid: world.newGid(), resource_type: 'team', name: 'Example team', workspace };
  const portfolio: OtherResource = {
    gid: world.newGid(),
    resource_type: 'portfolio',
    name: 'Example portfolio',
    workspace,
  };
  for (const resource of [workspace, user, project, team, portfolio]) {
    world.resources.set(resource.gid, resource);
  }
  const customField = newEnumField(world);
  const access = newAccess(world, user, seed.token);
  const names = seed.tasks ?? ['Write the plan', 'Ask for comments', 'Publish it'];
  const tasks = names.map((name) => createTask(world, user, { name, projects: [project.gid] }).gid);
  return {
    token: access.token,
    user: user.gid,
    workspace: workspace.gid,
    project: project.gid,
    tasks,
    team: team.gid,
    portfolio: portfolio.gid,
    customField: customField.gid,
    options: customField.enum_options.map(({ gid }) => gid),
  };
}

/** Creates a token of a user. The token has the format of Asana's personal access tokens. */
export function newAccess(
  world: World,
  user: User,
  token?: string,
  app = 'personal',
  limits: Pick<Access, 'expiresMs' | 'scopes'> = { expiresMs: null, scopes: null },
): Access {
  const access: Access = {
    token: token ?? `2/${user.gid}/${world.newGid()}:${randomBytes(16).toString('hex')}`,
    user,
    app,
    refused: null,
    ...limits,
  };
  world.accesses.set(access.token, access);
  return access;
}

function newEnumField(world: World): CustomField {
  const field: CustomField = {
    gid: world.newGid(),
    resource_type: 'custom_field',
    resource_subtype: 'enum',
    name: 'Priority',
    enum_options: ['High', 'Low'].map((name) => ({
      gid: world.newGid(),
      resource_type: 'enum_option',
      name,
    })),
    enum_value: null,
  };
  world.customFields.set(field.gid, field);
  return field;
}
