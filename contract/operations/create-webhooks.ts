import * as z from 'zod';
import type { BulkResult } from '../bulk.ts';
import { callingAsana } from '../errors.ts';
import { operation, result } from '../operation.ts';
import { bulk, gid, gids, optionalFilters } from '../parameters.ts';
import { everyWorkspace, partly, securingScopes } from '../scopes.ts';

export const createWebhooks = operation({
  name: 'createWebhooks',
  summary:
    'Makes sure that every project of a workspace or team has a working webhook with these filters. Repeat the call until its status is `done`.',
  changes: true,
  parameters: z
    .strictObject({
      workspace: gid
        .optional()
        .describe('Every project of this workspace. Specify this, `team` or `projects`.'),
      team: gid.optional().describe('Every project of this team.'),
      projects: gids
        .optional()
        .describe(
          'These projects, up to 1,000, without a list call to Asana. A plan returns their gids as `resource`.',
        ),
      filters: optionalFilters.describe('The events that Asana sends. Default: all events of a project.'),
      ...bulk,
    })
    .refine(({ workspace, team, projects }) => countOf(workspace, team, projects) === 1, {
      path: ['workspace'],
      error: ', team or projects is required, and only one of them',
    }),
  result: result<BulkResult>(),
  returns:
    '`status` (`planned`, `done`, or `paused`: call again), the numbers of projects that are `done`, `failed`, `waiting` and `unchanged`, and every project that needs a change under `items`.',
  example: {
    workspace: '1207000000000001',
    filters: [{ resource_type: 'task', action: 'added' }],
    plan: true,
  },
  errors: callingAsana,
  scopes: [
    ...securingScopes,
    partly('the projects of a workspace or team', 'projects:read'),
    partly('comparing the webhooks that exist', ...everyWorkspace),
  ],
});

function countOf(...values: readonly unknown[]): number {
  return values.filter((value) => value !== undefined).length;
}
